const STEPS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function reachable(document: Document): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>('button:not([disabled])')].filter((button) => {
    const box = button.getBoundingClientRect();
    return button.closest('[inert]') === null && box.width > 0 && box.height > 0;
  });
}

function middle(element: HTMLElement): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
}

/** Moves the focus to the nearest key in an arrow's direction. Says whether `key` was an arrow. */
export function moveFocus(document: Document, key: string): boolean {
  const step = STEPS[key];
  if (step === undefined) return false;
  const [dx, dy] = step;
  const all = reachable(document);
  const from = document.activeElement;
  if (!(from instanceof HTMLElement) || !all.includes(from)) {
    show(all[0]);
    return true;
  }
  const start = middle(from);
  let best: HTMLElement | undefined;
  let least = Infinity;
  for (const candidate of all) {
    if (candidate === from) continue;
    const to = middle(candidate);
    const along = (to.x - start.x) * dx + (to.y - start.y) * dy;
    if (along < 8) continue;
    const aside = Math.abs((to.x - start.x) * dy) + Math.abs((to.y - start.y) * dx);
    const cost = along + 2.5 * aside;
    if (cost < least) [best, least] = [candidate, cost];
  }
  show(best);
  return true;
}

/** Puts the focus on the first key marked `data-first`, or on the first of all. */
export function focusFirst(document: Document): void {
  const all = reachable(document);
  show(all.find((key) => key.dataset['first'] !== undefined) ?? all[0]);
}

/** Focuses a key and shows that it is: after a touch, a script's focus would be seen by nobody in WebKit. */
function show(key: HTMLElement | undefined): void {
  const visibly: FocusOptions & { focusVisible: boolean } = { focusVisible: true };
  // What has the focus already would keep it as it is.
  if (document.activeElement === key) key?.blur();
  key?.focus(visibly);
}

/** The key that has the focus: Enter and Space press it. None that something covers. */
export function focusedKey(document: Document): HTMLButtonElement | null {
  const focused = document.activeElement;
  return focused instanceof HTMLButtonElement && focused.closest('[inert]') === null ? focused : null;
}

/** Takes the focus away: what is typed from now on goes into a field. */
export function letGoOfFocus(document: Document): void {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}
