/** A picture of a hand holding up a phone with a code, as the demo's camera sees it. */
export function scene(n: number): string {
  const sway = Math.sin(n / 9) * 6;
  let cells = '';
  let seed = 7;
  for (let y = 0; y < 21; y += 1) {
    for (let x = 0; x < 21; x += 1) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      const finder = (x < 7 && y < 7) || (x > 13 && y < 7) || (x < 7 && y > 13);
      if (!finder && seed / 2147483648 > 0.52) cells += `M${x} ${y}h1v1h-1z`;
    }
  }
  const eye = (x: number, y: number) =>
    `<path d="M${x} ${y}h7v7h-7zM${x + 1} ${y + 1}v5h5v-5z" fill-rule="evenodd"/><path d="M${x + 2} ${y + 2}h3v3h-3z"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="#8fa3b0"/><stop offset=".55" stop-color="#c4c9c2"/><stop offset=".56" stop-color="#77756c"/><stop offset="1" stop-color="#4c4a44"/></linearGradient></defs><rect width="800" height="600" fill="url(#g)"/><rect y="120" width="190" height="215" fill="#5d6f63"/><rect x="610" y="80" width="190" height="255" fill="#6f6258"/><g transform="translate(${400 + sway} ${300 + sway / 2}) rotate(${sway / 2 - 3})"><rect x="-118" y="-225" width="236" height="470" rx="30" fill="#15181c"/><rect x="-106" y="-205" width="212" height="430" rx="14" fill="#f7f9fb"/><rect x="-86" y="-180" width="120" height="16" rx="8" fill="#0b3d91"/><rect x="-86" y="-152" width="80" height="12" rx="6" fill="#9aa7b3"/><g transform="translate(-86 -110) scale(8.19)" fill="#101418"><path d="${cells}"/>${eye(0, 0)}${eye(14, 0)}${eye(0, 14)}</g><path d="M-160 260c-10-90 20-150 42-170v260h-60zM118 60c30 10 40 30 36 60s-20 60-36 70zM118 150c30 0 44 20 40 46s-24 44-40 50z" fill="#8a5a3c"/></g></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
