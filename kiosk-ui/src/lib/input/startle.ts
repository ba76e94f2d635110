/**
 * A hand that types on takes about this long to see that something else is on the screen now and to stop, in
 * milliseconds: what it presses until then was meant for what it saw before.
 */
const STARTLED = 700;
/** What presses the key that has the focus, and belongs into a name or ends a text as well. */
const PRESSING = new Set(['Enter', ' ']);

/** Tells a key that presses what just appeared from one that was meant for the page under it. */
export class Startle {
  #appearedAt = -Infinity;

  /** Something that has keys appeared over what somebody may be typing into, `at` so many milliseconds. */
  appeared(at: number): void {
    this.#appearedAt = at;
  }

  /** Whether a key said `at` so many milliseconds is to do nothing. */
  takes(key: string, at: number): boolean {
    return PRESSING.has(key) && at - this.#appearedAt < STARTLED;
  }
}
