/** Takes a key (as `KeyboardEvent.key` names it) and says whether it meant something here. */
export type KeyTaker = (key: string) => boolean;

/** Who listens to the keyboard: the page on top first, and nobody whom something covers. */
export class Keys {
  #layers: { takers: KeyTaker[] }[] = [{ takers: [] }];

  /** Listens until the returned function is called. Fits Svelte's `$effect`. */
  listen(taker: KeyTaker): () => void {
    this.#layers.at(-1)?.takers.push(taker);
    return () => {
      for (const layer of this.#layers) layer.takers = layer.takers.filter((other) => other !== taker);
    };
  }

  /**
   * Covers all who listen now until the returned function is called: whoever listens from now on lies on top.
   */
  cover(): () => void {
    const cover: { takers: KeyTaker[] } = { takers: [] };
    this.#layers.push(cover);
    return () => {
      const at = this.#layers.indexOf(cover);
      this.#layers.splice(at, 1);
      this.#layers[at - 1]?.takers.push(...cover.takers);
    };
  }

  /** Offers a key to the listeners, newest first. */
  say(key: string): boolean {
    return [...(this.#layers.at(-1)?.takers ?? [])].reverse().some((taker) => taker(key));
  }
}
