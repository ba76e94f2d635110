/** What is wrong with how a page looks. Runs inside the page: it can use nothing from outside itself. */
export function faults(): string[] {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const found: string[] = [];
  const name = (element: Element) =>
    (element as HTMLElement).dataset['testid'] ??
    `${element.tagName.toLowerCase()}.${element.className}`.replace(/\s*svelte-\w+/g, '');
  // A verdict covers all but the alert.
  const covered = document.querySelector('[data-testid="verdict"]') !== null;
  const hidden = (element: Element) =>
    element.closest('[inert]') !== null ||
    (covered && element.closest('[data-testid="verdict"], [data-testid="alert"]') === null);

  // Keys: 20 mm at least, those that are tiles 28 mm, inside the screen, 4 mm apart.
  const keys = [...document.querySelectorAll('button')]
    .filter((key) => !hidden(key))
    .map((key) => ({ key, box: key.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  for (const { key, box } of keys) {
    const least = (/^(kind|company|tower|floor|flat|guard)-/.test(name(key)) ? 15.5 : 11.1) * rem - 0.5;
    if (box.width < least || box.height < least) {
      found.push(`${name(key)} is ${Math.round(box.width)} × ${Math.round(box.height)}`);
    }
    if (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5) {
      found.push(`${name(key)} leaves the screen`);
    }
  }
  keys.forEach((one, i) => {
    for (const other of keys.slice(i + 1)) {
      const dx = Math.max(one.box.left - other.box.right, other.box.left - one.box.right);
      const dy = Math.max(one.box.top - other.box.bottom, other.box.top - one.box.bottom);
      if (Math.max(dx, dy) < 2.2 * rem - 0.7) {
        found.push(`${name(one.key)} is ${Math.round(Math.max(dx, dy))} px from ${name(other.key)}`);
      }
    }
  });

  // Texts: readable, inside their boxes, apart from each other.
  const parse = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const light = (colour: number[]) => {
    const [r = 0, g = 0, b = 0] = colour
      .slice(0, 3)
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element: Element | null): number[] => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const texts: { text: string; box: DOMRect; node: Node; shortened: boolean }[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = node.textContent?.trim() ?? '';
    const parent = node.parentElement;
    if (text === '' || parent === null || hidden(parent) || parent.tagName === 'SCRIPT') continue;
    const style = getComputedStyle(parent);
    const size = parseFloat(style.fontSize);
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()];
    if (boxes.length === 0 || style.visibility === 'hidden') continue;

    // What was made smaller to fit its box says so itself.
    const least = parent.closest('body [style*="font-size"]') === null ? 3.2 : 2.4;
    if (size < least * rem - 0.5) found.push(`"${text}" is ${Math.round(size)} px high`);
    const [one, two] = [light(parse(style.color)), light(ground(parent))];
    const contrast = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (contrast < 7) found.push(`"${text}" has a contrast of ${contrast.toFixed(1)}`);

    // A line's box is higher than its letters: the ink may be trusted to stay 0.2 em inside.
    const spare = 0.2 * size;
    // A line that ends in "…" tells two boxes: of what is drawn, and of what it would be.
    const shortened = style.webkitLineClamp !== 'none';
    lines: for (const box of boxes) {
      for (let at: Element | null = parent; at !== null; at = at.parentElement) {
        const clips = getComputedStyle(at).overflow !== 'visible' || at.tagName === 'BUTTON';
        if (!clips) continue;
        const edge = at.getBoundingClientRect();
        // Whole lines that are left out behind "…" are said to be; a line cut through is not.
        const lines = getComputedStyle(at).webkitLineClamp;
        if (lines !== 'none' && box.top + spare >= edge.bottom - 1) continue lines;
        const out =
          box.left < edge.left - 1 ||
          box.right > edge.right + 1 ||
          box.top + spare < edge.top - 1 ||
          box.bottom - spare > edge.bottom + 1;
        if (out) found.push(`"${text}" is clipped by ${name(at)}`);
      }
      texts.push({
        text,
        box: new DOMRect(box.x, box.y + spare, box.width, box.height - 2 * spare),
        node,
        shortened,
      });
    }
  }
  texts.forEach((one, i) => {
    for (const other of texts.slice(i + 1)) {
      if (one.shortened && one.node === other.node) continue;
      const width = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const height = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (width > 2 && height > 2) found.push(`"${one.text}" lies upon "${other.text}"`);
    }
  });
  return [...new Set(found)];
}
