/** How long one touch lasts, bounces of a wet finger included. */
const MILLIS = 300;
/** How far a bounce lands from the touch it belongs to: less than from key to key, in rem. */
const REM = 6;

interface Place {
  x: number;
  y: number;
  at: number;
}

/**
 * Tells a touch from its own bounce: a second one in nearly the same place within 300 ms, whether the same
 * key is still there or another page by now. Touches elsewhere are never held up.
 */
export class Bounce {
  #last: Place | null = null;

  /** Whether a touch at this place (CSS pixels) and time (ms) counts. */
  counts(x: number, y: number, at: number, remPx: number): boolean {
    const last = this.#last;
    if (last !== null && at - last.at < MILLIS && Math.hypot(x - last.x, y - last.y) < REM * remPx) {
      return false;
    }
    this.#last = { x, y, at };
    return true;
  }
}
