/** What a key of the keyboard does besides writing. */
export type Act = 'erase' | 'space' | 'switch';

/** A key: the letter it writes, or what it does and how many keys' width it takes. */
export type Cap = string | { does: Act; wide?: number };

/**
 * The letters of a script on keys of 20 mm: ten columns, five rows at most. A new script is one file with an
 * object of this type.
 */
export interface Layout {
  /** What the key is called that leads here from another layout. */
  name: string;
  rows: readonly (readonly Cap[])[];
  /** What stands on a letter's key while `text` is what was written so far. */
  shown(text: string, letter: string): string;
  /** `text` after a touch on a letter's key. */
  write(text: string, letter: string): string;
}
