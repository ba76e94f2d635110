/** How long one touch lasts, bounces of a wet finger included. */
const MILLIS = 300;
/** How long what has come under a finger takes no touch: it was on its way to tap once more on what was there. */
const MILLIS_ELSE = 450;
/** How far a bounce lands from the touch it belongs to: less than from key to key, in rem. */
const REM = 6;

interface Place {
  x: number;
  y: number;
  at: number;
  what: string | null;
}

/**
 * Tells a touch from its own bounce: a second one in nearly the same place within 300 ms; within 450 ms where another
 * key lies there by now, as on the next page. Touches elsewhere are never held up.
 */
export class Bounce {
  #last: Place | null = null;

  /** Whether a touch of `what`, at this place (CSS pixels) and time (ms), counts. */
  counts(touch: Place, remPx: number): boolean {
    const last = this.#last;
    if (last !== null && Math.hypot(touch.x - last.x, touch.y - last.y) < REM * remPx) {
      if (touch.at - last.at < (touch.what === last.what ? MILLIS : MILLIS_ELSE)) return false;
    }
    this.#last = touch;
    return true;
  }
}
