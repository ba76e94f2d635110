// Names as long as the server takes them: shortened with "…" where there is no room, cut through nowhere.
import { afterEach, describe, expect, it } from 'vitest';

import type { Screen } from '../src/lib/backend/bindings/Screen';
import { faults } from './look';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

const sizes = [
  { width: 1920, height: 1080 },
  { width: 1280, height: 800 },
  { width: 1024, height: 600 },
];
const each = ['en', 'hi'].flatMap((language) => sizes.map((size) => ({ language, ...size })));

/** Names and companies. */
const visitors: [string | null, string | null][] = [
  ['Venkata Subramaniam Iyer', null],
  ['Lakshmi Narayanan Krishnamurthy', null],
  [null, 'Reliance Fresh Direct Home'],
  ['वेंकटनरसिम्हाराजुवारिपेटा श्रीनिवासन', null],
  ['Wolfeschlegelsteinhausenbergerdorffwelchevoralternwaren', null],
  ['Md. Abdul Kareem Mohammed Ismail Sheikh Bin Fazlur Rahman Chowdhury the Third of Hyderabad', null],
];

const pictures = process.env['PICTURES'];
async function looksWell(picture: string): Promise<void> {
  const { width = 0 } = window.page.viewportSize() ?? {};
  if (pictures !== undefined) await window.page.screenshot({ path: `${pictures}/${picture}-${width}.png` });
  expect(await window.page.evaluate(faults)).toEqual([]);
}

describe.each(each)('$language $width×$height', ({ language, width, height }) => {
  it('the bar across the top', async () => {
    window = await Window.open(`language=${language}`, { width, height }, 'UTC', (demo) => {
      const screen = demo.screen.bind(demo);
      demo.screen = async () => {
        const now: Screen = await screen();
        if (now.stage.stage !== 'desk' || now.stage.guard === null) return now;
        const [name, of] = location.search.includes('hi')
          ? [
              'उत्तर-पूर्व का मुख्य प्रवेश द्वार (टावर क से च)',
              'श्री वेंकटेश्वर नगर सहकारी गृह निर्माण संस्था मर्यादित, दूसरा चरण',
            ]
          : [
              'Main entrance North-East (towers A to F)',
              'Sri Venkateswara Nagar Cooperative Housing Society Phase II',
            ];
        Object.assign(now.stage.gate, { name, community: of });
        now.stage.guard.name =
          'Md. Abdul Kareem Mohammed Ismail Sheikh Bin Fazlur Rahman Chowdhury of Hyderabad';
        return now;
      };
    });
    await looksWell(`lintel-${language}`);
    const bar = await window.page.locator('header').boundingBox();
    for (const id of ['gate-name', 'community']) {
      const box = await window.at(id).boundingBox();
      expect((box?.y ?? NaN) + (box?.height ?? NaN)).toBeLessThanOrEqual((bar?.height ?? NaN) + 1);
      expect(box?.width).toBeGreaterThan(width / 5);
    }
    await window.touch('company-Zomato');
    await window.sees('unit-picker');
    expect(await window.page.evaluate(faults)).toEqual([]);
  });

  it('the cards of the tray, of which the approved all say LET IN', async () => {
    window = await Window.open(`language=${language}`, { width, height });
    const letIn = language === 'en' ? 'LET IN' : 'आने दें';
    await window.page.evaluate(async (who) => {
      const { demo } = globalThis.window;
      for (const [name, company] of who)
        await demo.touch({
          touch: 'walkin',
          kind: company === null ? 'GUEST' : 'DELIVERY',
          company,
          name,
          units: ['unit-D-1404'],
          phone: null,
          plate: null,
          people: 1,
          photo: null,
        });
    }, visitors);
    await window.pass(3_500);
    await looksWell(`waiting-${language}`);
    for (let asked = 0; asked < visitors.length; asked += 1)
      await window.page.evaluate(() => globalThis.window.demo.unanswered());
    await window.pass(250);
    await looksWell(`unanswered-${language}`);
    for (let asked = 0; asked < visitors.length; asked += 1)
      await window.page.evaluate(() => globalThis.window.demo.answer(true));
    await window.pass(250);
    await looksWell(`approved-${language}`);
    await window.touch('tray-more');
    await looksWell(`tray-${language}`);
    const cards = await window.at('ask').all();
    expect(cards).toHaveLength(visitors.length);
    for (const card of cards) {
      expect(await card.innerText()).toContain(letIn);
      const [box, who] = [
        await card.boundingBox(),
        await card.locator('[data-testid="ask-who"]').boundingBox(),
      ];
      expect((who?.y ?? NaN) + (who?.height ?? NaN)).toBeLessThan((box?.y ?? NaN) + (box?.height ?? NaN));
    }
  });

  it('who came last, with UNDO and without, and who was asked for', async () => {
    window = await Window.open(`language=${language}`, { width, height });
    for (const [at, [name, company]] of visitors.slice(-2).entries()) {
      const ask = await window.page.evaluate(
        async ([name, company]) => {
          const { demo } = globalThis.window;
          const kind = company === null ? 'GUEST' : 'DELIVERY';
          const who = { kind, company, name, phone: null, plate: null, people: 1, photo: null } as const;
          await demo.touch({ touch: 'walkin', units: ['unit-D-1404'], ...who });
          const { stage } = await demo.screen();
          return stage.stage === 'desk' ? (stage.asks[0]?.id ?? '') : '';
        },
        [name, company] as const,
      );
      await window.sees('undo-ask');
      await looksWell(`asked-${language}-${at}`);
      await window.page.evaluate((ask) => globalThis.window.demo.touch({ touch: 'let_in', ask }), ask);
      await window.pass(4_000);
      await window.sees('undo-last');
      await looksWell(`undo-${language}-${at}`);
      await window.pass(60_000);
      await window.misses('undo-last');
      await looksWell(`last-${language}-${at}`);
    }
  });

  it('the guards, on tiles of every size, and at the PIN', async () => {
    window = await Window.open(`language=${language}`, { width, height });
    for (const many of [2, 5, 12]) {
      await window.page.evaluate(
        ([names, many]) => {
          const { demo } = globalThis.window;
          demo.guards = async () =>
            Array.from({ length: many }, (_, i) => ({
              id: `guard-${i}`,
              name: names[i % names.length] ?? '',
              photo: i % 3 === 0 ? 'face-ramesh' : null,
              locked_until: i % 2 === 0 ? '2026-11-22T18:29:00Z' : null,
            }));
        },
        [visitors.map(([name, company]) => name ?? company ?? '').reverse(), many] as const,
      );
      await window.touch('guard');
      await looksWell(`guards-${language}-${many}`);
      await window.touch('guard-guard-1');
      await looksWell(`pin-${language}-${many}`);
      await window.touch('back');
    }
  });
});
