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
});
