import type { Attachment } from 'svelte/attachments';

/** Below this size (rem) a line is broken rather than made smaller. */
const READABLE = 3.2;
/** Below this size (rem) even a word is broken. */
const SMALLEST = 2.4;

/**
 * Makes text fit its box, so that nothing is ever clipped: smaller on one line while it stays readable, then
 * on several lines, then smaller again for a single long word. Starts at the style sheet's size; `least` is
 * the share of it at which the line is broken, if that is more than readable.
 */
export function fit(least = 0.5): Attachment<HTMLElement> {
  return (element) => {
    const tooWide = () => element.scrollWidth > element.clientWidth + 1;

    function shrinkTo(smallest: number, from: number): number {
      let size = from;
      for (let tries = 0; tries < 12 && size > smallest && tooWide(); tries += 1) {
        size = Math.max(smallest, size * Math.min(0.97, element.clientWidth / element.scrollWidth));
        element.style.fontSize = `${size}px`;
      }
      return size;
    }

    function refit() {
      const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
      element.style.fontSize = '';
      element.style.overflowWrap = '';
      element.style.whiteSpace = 'nowrap';
      const drawn = parseFloat(getComputedStyle(element).fontSize);
      const size = shrinkTo(Math.min(drawn, Math.max(drawn * least, READABLE * rem)), drawn);
      if (!tooWide()) return;
      element.style.whiteSpace = 'normal';
      element.style.textWrap = 'balance';
      shrinkTo(SMALLEST * rem, size);
      if (tooWide()) element.style.overflowWrap = 'anywhere';
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
