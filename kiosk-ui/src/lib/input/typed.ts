/** A hand scanner types faster than this, a person slower (ms between keys). */
const BURST = 30;
/** So many characters no person types in bursts. */
const SCAN = 6;
/** A scanner's text is over after this long a silence, if it ends without Enter. */
const SILENCE = 120;
/** How everything begins that is meant for this kiosk: a slow scanner is waited for. */
const MEANT = /^(GH[1R]:|GHE)/i;
/** What is held down beside a key and writes nothing itself: a scanner holds Shift for a capital. */
const BESIDE = new Set(['Shift', 'CapsLock', 'AltGraph']);

/** What the keyboard said: a key of a person, or a text from a hand scanner. */
export type Typed = { is: 'key'; key: string } | { is: 'scan'; text: string };

/**
 * Tells a person's keys from a hand scanner that types like a keyboard. Keys are held for a moment; a burst
 * becomes one scan, whatever it says, everything else is let go key by key.
 */
export class TypedKeys {
  #held: string[] = [];
  #heldAt = -Infinity;
  #scannedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly say: (typed: Typed) => void) {}

  /** Takes a key as `KeyboardEvent.key` names it, pressed `at` so many milliseconds of the page's time. */
  take(key: string, at: number): void {
    if (BESIDE.has(key)) return;
    // Keys that waited in a queue come in a burst and were not pressed in one.
    if (at - this.#heldAt > this.#patience()) this.#letGo();
    if (key !== 'Enter' && [...key].length > 1) {
      this.#letGo();
      this.say({ is: 'key', key });
      return;
    }
    if (key === 'Enter') {
      // Some scanners end a text with two, or are slow to end it.
      if (this.#held.length === 0 && at - this.#scannedAt <= 2 * SILENCE) return;
      if (!this.#letGo()) this.say({ is: 'key', key });
      return;
    }
    clearTimeout(this.#timer);
    this.#held.push(key);
    this.#heldAt = at;
    this.#timer = setTimeout(() => this.#letGo(), this.#patience());
  }

  /** Ends the scan that is held, if one is: some scanners end a text with Tab. Answers whether there was one. */
  end(): boolean {
    return this.#isScan() && this.#letGo();
  }

  #isScan(): boolean {
    return this.#held.length >= SCAN || MEANT.test(this.#held.join(''));
  }

  #patience(): number {
    return this.#isScan() ? SILENCE : BURST;
  }

  /** Says what is held. Answers whether it was a scan. */
  #letGo(): boolean {
    clearTimeout(this.#timer);
    const scan = this.#isScan();
    const held = this.#held;
    this.#held = [];
    if (scan) {
      this.#scannedAt = this.#heldAt;
      this.say({ is: 'scan', text: held.join('') });
    } else for (const key of held) this.say({ is: 'key', key });
    return scan;
  }
}
