import type { Attachment } from 'svelte/attachments';

/** How long what is new somewhere takes no touch, in milliseconds: a finger that was on its way meant what was there. */
const SETTLES = 450;

/**
 * Marks an element as settling for a moment, when it comes and whenever `what` stands there becomes another. `what` is
 * to be a derived value: the screen's objects are new ones with every push.
 */
export function settles(what: () => string | number | boolean | null): Attachment<HTMLElement> {
  return (element) => {
    what();
    element.dataset['settling'] = '';
    const settled = setTimeout(() => delete element.dataset['settling'], SETTLES);
    return () => clearTimeout(settled);
  };
}

/** Whether something is, or lies in, what has not settled yet. */
export function isSettling(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-settling]') !== null;
}
