// What the window asks the kiosk for, when it does not come or comes late.
import { afterEach, expect, it } from 'vitest';

import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

it.each([
  { look: 'inside', touches: ['inside'] },
  { look: 'guards', touches: ['guard'] },
  { look: 'sync', touches: ['link'] },
  { look: 'towers', touches: ['code'] },
  { look: 'floors', touches: ['code', 'tower-A'] },
  { look: 'flats', touches: ['code', 'tower-A', 'floor-12'] },
  { look: 'findUnits', touches: ['code', 'type-unit', 'key-a'] },
] as const)('says so when $look cannot be looked up', async ({ look, touches }) => {
  window = await Window.open();
  await window.page.evaluate((look) => {
    const fails = () => Promise.reject(new Error('the disk failed'));
    Object.assign(globalThis.window.demo, { [look]: fails });
  }, look);
  await window.touch(...touches);
  expect(await window.at('notice').innerText()).toContain('That did not work');
});

it('says that no flats are there yet, and shows them once the list has come', async () => {
  window = await Window.open();
  await window.page.evaluate(() => {
    globalThis.window.demo.towers = async () => [];
  });
  await window.touch('kind-GUEST');
  await window.sees('no-flats');
  await window.page.evaluate(() => {
    const { demo } = globalThis.window;
    demo.towers = async () => ['A', 'B'];
    demo.strip({ is: 'loading', percent: null });
  });
  await window.touch('tower-B', 'floor-7');
  await window.sees('flat-04');
});
