/** Takes a key (as `KeyboardEvent.key` names it) and says whether it meant something here. */
export type KeyTaker = (key: string) => boolean;

/** Who listens to the keyboard: the page on top first. */
export class Keys {
  #takers: KeyTaker[] = [];

  /** Listens until the returned function is called. Fits Svelte's `$effect`. */
  listen(taker: KeyTaker): () => void {
    this.#takers.push(taker);
    return () => {
      this.#takers = this.#takers.filter((other) => other !== taker);
    };
  }

  /** Offers a key to the listeners, newest first. */
  say(key: string): boolean {
    return [...this.#takers].reverse().some((taker) => taker(key));
  }
}
