// Photos: on the guards' tiles and the lintel, taken of a walk-in, given for a step-up, shown when somebody is let in.
import { afterEach, expect, it } from 'vitest';

import { faults } from './look';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

const asked = () =>
  window.page.evaluate(() =>
    globalThis.window.demo.touches.filter((touch) => touch.touch === 'walkin').map((touch) => touch.photo),
  );

it('shows a guard by photo on the tile, for the PIN and on duty, by initials where there is none', async () => {
  window = await Window.open();
  await window.sees('portrait');
  expect(await window.at('guard').locator('img').getAttribute('data-photo')).toBe('face-ramesh');
  await window.touch('guard');
  expect(await window.at('guard-guard-ramesh').locator('img').count()).toBe(1);
  expect(await window.at('guard-guard-thomas').locator('img').count()).toBe(0);
  expect(await window.at('guard-guard-thomas').innerText()).toContain('TK');
  await window.touch('guard-guard-sunita');
  expect(await window.at('portrait').getAttribute('data-photo')).toBe('face-sunita');
  await window.touch('digit-2', 'digit-4', 'digit-6', 'digit-8', 'digit-1', 'digit-0');
  await window.sees('camera');
  expect(await window.at('guard').locator('img').getAttribute('data-photo')).toBe('face-sunita');
});

it('one more touch sends a walk-in with a photo, and the card and LET IN show it', async () => {
  window = await Window.open();
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'photo', 'send');
  expect(await asked()).toEqual(['photo-1']);
  await window.touch('ask');
  expect(await window.at('card').locator('img').getAttribute('data-photo')).toBe('photo-1');
  await window.page.evaluate(() => globalThis.window.demo.answer(true));
  await window.touch('let-in');
  await window.sees('verdict');
  expect(await window.at('verdict').locator('img').getAttribute('data-photo')).toBe('photo-1');
});

it('a second photo replaces the first, and a walk-in that was left keeps its photo', async () => {
  window = await Window.open();
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'photo', 'photo');
  await window.pass(46_000);
  await window.touch('draft', 'send');
  expect(await asked()).toEqual(['photo-2']);
});

it('a photo is one touch for a step-up', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.scan('step_up'));
  await window.touch('need-photo');
  expect(await window.told()).toEqual(['step_up']);
});

it('without a camera there is no photo to take, and everything else goes on', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.camera('absent'));
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03');
  expect(await window.at('photo').isDisabled()).toBe(true);
  await window.touch('send');
  expect(await asked()).toEqual([null]);
  await window.page.evaluate(() => globalThis.window.demo.scan('step_up'));
  await window.sees('need-photo');
  expect(await window.at('need-photo').isDisabled()).toBe(true);
  expect(await window.at('need-plate').isDisabled()).toBe(false);
});

it.each([
  'language=en&theme=day',
  'language=en&theme=night',
  'language=hi&theme=day',
  'language=hi&theme=night',
])('nothing is clipped with photos on the screen: %s', async (look) => {
  window = await Window.open(look);
  const wrong: Record<string, string[]> = {};
  const check = async (page: string) => {
    const found = await window.page.evaluate(faults);
    if (found.length > 0) wrong[page] = found;
  };
  await window.touch('kind-GUEST', 'tower-D', 'floor-14', 'flat-04', 'add-flat', 'tower-A', 'floor-12');
  await window.touch('flat-03', 'add-flat', 'tower-B', 'floor-11', 'flat-02');
  await check('walk-in before its photo');
  await window.touch('photo');
  await check('walk-in with its photo');
  await window.touch('send', 'ask');
  await check('card');
  await window.page.evaluate(() => globalThis.window.demo.answer(true));
  await window.touch('let-in');
  await check('let in');
  expect(wrong).toEqual({});
});
