/**
 * A hand that types on takes about this long to see that something else is on the screen now and to stop, in
 * milliseconds: what it presses until then was meant for what it saw before.
 */
const STARTLED = 700;
/** What presses the key that has the focus, and belongs into a name or ends a text as well; and what closes. */
const PRESSING = new Set(['Enter', ' ', 'Escape']);

/** Tells a key that presses or closes what just appeared from one that was meant for what was there before. */
export class Startle {
  #changedAt = -Infinity;

  /** A verdict appeared over what somebody may be typing into, or went from over it, `at` so many milliseconds. */
  changed(at: number): void {
    this.#changedAt = at;
  }

  /** Whether a key said `at` so many milliseconds is to do nothing. */
  takes(key: string, at: number): boolean {
    return PRESSING.has(key) && at - this.#changedAt < STARTLED;
  }
}
