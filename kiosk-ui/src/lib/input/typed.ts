/** A hand scanner types faster than this, a person slower (ms between keys). */
const BURST = 30;
/** A scanner's text is over after this long a silence, if it ends without Enter. */
const SILENCE = 120;
/** How everything begins that a hand scanner may hand us. */
const SCANNED = /^(GH[1R]:|GHE)/i;

/** What the keyboard said: a key of a person, or a text from a hand scanner. */
export type Typed = { is: 'key'; key: string } | { is: 'scan'; text: string };

/**
 * Tells a person's keys from a hand scanner that types like a keyboard. Keys are held for a moment; a burst
 * that begins like a pass becomes one scan, everything else is let go key by key.
 */
export class TypedKeys {
  #held: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly say: (typed: Typed) => void) {}

  /** Takes a key as `KeyboardEvent.key` names it. */
  take(key: string): void {
    if (key !== 'Enter' && [...key].length > 1) {
      this.#letGo();
      this.say({ is: 'key', key });
      return;
    }
    clearTimeout(this.#timer);
    this.#held.push(key);
    if (key === 'Enter') {
      this.#letGo();
      return;
    }
    const scanning = SCANNED.test(this.#held.join(''));
    this.#timer = setTimeout(() => this.#letGo(), scanning ? SILENCE : BURST);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    const held = this.#held;
    this.#held = [];
    const text = held.filter((key) => key !== 'Enter').join('');
    if (SCANNED.test(text)) {
      this.say({ is: 'scan', text });
      return;
    }
    for (const key of held) this.say({ is: 'key', key });
  }
}
