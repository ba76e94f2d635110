import type { Cap, Layout } from './layout';

/** How Latin letters are written: as they are, each word begun with a capital, or capitals only. */
export type Case = 'plain' | 'names' | 'capitals';

/** Latin letters and digits; `extras` stand before the space bar. */
export function latin(kind: Case, extras: readonly string[], switches: boolean): Layout {
  const last: Cap[] = [...extras, { does: 'space', wide: 5 }];
  return {
    name: 'ABC',
    rows: [
      [...'1234567890'],
      [...'qwertyuiop'],
      [...'asdfghjkl'],
      [...'zxcvbnm', { does: 'erase' }],
      switches ? [{ does: 'switch' }, ...last] : last,
    ],
    shown: (_, letter) => (kind === 'capitals' ? letter.toUpperCase() : letter),
    write(text, letter) {
      const begins = text === '' || text.endsWith(' ');
      const big = kind === 'capitals' || (kind === 'names' && begins);
      return text + (big ? letter.toUpperCase() : letter);
    },
  };
}
