import type { Attachment } from 'svelte/attachments';

/** Below this size (rem) a line is broken rather than made smaller. */
const READABLE = 3.2;
/** Below this size (rem) even a word is broken. */
const SMALLEST = 2.4;

/**
 * Makes text fit its box, so that nothing is ever clipped: smaller on one line while it stays readable, then
 * on several lines, then smaller again for a single long word. Starts at the style sheet's size; `least` is
 * the share of it at which the line is broken, if that is more than readable. `tallest` is the height (rem) there is
 * room for: what is too long for it even at the smallest size ends in "…" rather than being cut through.
 */
export function fit(least = 0.5, tallest = Infinity): Attachment<HTMLElement> {
  return (element) => {
    const tooWide = () => element.scrollWidth > element.clientWidth + 1;
    const lineHeight = () => parseFloat(getComputedStyle(element).lineHeight);
    /** Lines there are, whatever else stretches the element. */
    const lines = () => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      const top = Math.min(...boxes.map((box) => box.top));
      const bottom = Math.max(...boxes.map((box) => box.top));
      return boxes.length === 0 ? 0 : Math.round((bottom - top) / lineHeight()) + 1;
    };

    function shrinkTo(smallest: number, from: number): number {
      let size = from;
      for (let tries = 0; tries < 12 && size > smallest && tooWide(); tries += 1) {
        size = Math.max(smallest, size * Math.min(0.97, element.clientWidth / element.scrollWidth));
        element.style.fontSize = `${size}px`;
      }
      return size;
    }

    /** How many lines there is room for: one at least. */
    const room = (rem: number) => Math.max(1, Math.floor((tallest * rem + 1) / lineHeight()));

    /** Ends what is too tall in "…". */
    function clamp(to: number) {
      element.style.display = '-webkit-box';
      element.style.setProperty('-webkit-box-orient', 'vertical');
      element.style.setProperty('-webkit-line-clamp', String(to));
      element.style.overflow = 'hidden';
      element.style.textWrap = '';
      element.style.overflowWrap = 'anywhere';
      // On a single line a word of any length is cut where the line ends, not left out.
      element.style.wordBreak = to === 1 ? 'break-all' : '';
    }

    function refit() {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      const set = ['font-size', 'overflow-wrap', 'text-wrap', 'display', 'overflow', 'word-break'];
      for (const each of [...set, '-webkit-box-orient', '-webkit-line-clamp'])
        element.style.removeProperty(each);
      element.style.whiteSpace = 'nowrap';
      const drawn = parseFloat(getComputedStyle(element).fontSize);
      const size = shrinkTo(Math.min(drawn, Math.max(drawn * least, READABLE * rem)), drawn);
      if (!tooWide()) return;
      element.style.whiteSpace = 'normal';
      element.style.textWrap = 'balance';
      let smaller = shrinkTo(SMALLEST * rem, size);
      if (tooWide()) element.style.overflowWrap = 'anywhere';
      if (tallest === Infinity) return;
      while (smaller > SMALLEST * rem && lines() > room(rem)) {
        smaller = Math.max(SMALLEST * rem, smaller * 0.95);
        element.style.fontSize = `${smaller}px`;
      }
      if (lines() > room(rem)) clamp(room(rem));
    }

    const resized = new ResizeObserver(refit);
    if (element.parentElement !== null) resized.observe(element.parentElement);
    const changed = new MutationObserver(refit);
    changed.observe(element, { childList: true, characterData: true, subtree: true });
    void document.fonts.ready.then(refit);
    refit();
    return () => {
      resized.disconnect();
      changed.disconnect();
    };
  };
}
