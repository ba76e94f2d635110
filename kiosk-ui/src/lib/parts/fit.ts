import type { Attachment } from 'svelte/attachments';

/**
 * Makes one line of text smaller until it fits its box, so that nothing is ever clipped. Starts at the
 * style sheet's size; `least` is the smallest share of it, below which the text wraps.
 */
export function fit(least = 0.45): Attachment<HTMLElement> {
  return (element) => {
    const shrink = () => {
      element.style.fontSize = '';
      element.style.whiteSpace = 'nowrap';
      const drawn = parseFloat(getComputedStyle(element).fontSize);
      let size = drawn;
      for (let tries = 0; tries < 12 && element.scrollWidth > element.clientWidth; tries += 1) {
        size = Math.max(drawn * least, size * Math.min(0.97, element.clientWidth / element.scrollWidth));
        element.style.fontSize = `${size}px`;
        if (size <= drawn * least) {
          element.style.whiteSpace = '';
          break;
        }
      }
    };
    const resized = new ResizeObserver(shrink);
    if (element.parentElement !== null) resized.observe(element.parentElement);
    const changed = new MutationObserver(shrink);
    changed.observe(element, { childList: true, characterData: true, subtree: true });
    void document.fonts.ready.then(shrink);
    shrink();
    return () => {
      resized.disconnect();
      changed.disconnect();
    };
  };
}
