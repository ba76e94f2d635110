/** Drawn faces of the made-up guards, by their photos' names: nobody's own. */
const faces: Record<string, { skin: string; hair: string; uniform: string; cap: boolean }> = {
  'face-ramesh': { skin: '#b07a54', hair: '#221e1e', uniform: '#3a5480', cap: true },
  'face-sunita': { skin: '#c49068', hair: '#2c1e1a', uniform: '#7a6842', cap: false },
};

/** A guard's face as a picture; nothing for a name of nobody's. */
export function face(photo: string): string | null {
  const drawn = faces[photo];
  if (drawn === undefined) return null;
  const { skin, hair, uniform, cap } = drawn;
  const head = cap
    ? `<ellipse cx="50" cy="19" rx="31" ry="12" fill="${uniform}"/><ellipse cx="50" cy="31" rx="25" ry="4.5" fill="#1c1a1c"/><ellipse cx="50" cy="58" rx="10" ry="2.5" fill="${hair}"/>`
    : `<path d="M26 42a24 26 0 0 1 48 0c-8-8-18-10-24-18-6 8-16 10-24 18z" fill="${hair}"/>`;
  const behind = cap ? '' : `<ellipse cx="50" cy="49" rx="28" ry="34" fill="${hair}"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#cddbe4"/>${behind}<path d="M40 60h20v26H40z" fill="${skin}"/><ellipse cx="50" cy="110" rx="48" ry="33" fill="${uniform}"/><ellipse cx="50" cy="47" rx="21.5" ry="26.5" fill="${skin}"/>${head}<circle cx="42" cy="46" r="2.4"/><circle cx="58" cy="46" r="2.4"/><path d="M44 62q6 4 12 0" stroke="#783c38" stroke-width="2" fill="none"/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
