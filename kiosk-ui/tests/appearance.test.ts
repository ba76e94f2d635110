// Every page in both languages by day and by night: nothing clipped, nothing too small, nothing too pale.
import type { Locator } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';

import { reasons } from '../src/lib/backend/fake/verdicts';
import { faults } from './look';
import { walk } from './walk';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

const looks = [
  'language=en&theme=day',
  'language=en&theme=night',
  'language=hi&theme=day',
  'language=hi&theme=night',
];

describe.each(looks)('%s', (look) => {
  it('pages', async () => {
    window = await Window.open(look);
    const wrong: Record<string, string[]> = {};
    for (const { page, go } of walk) {
      await go(window);
      const found = await window.page.evaluate(faults);
      if (found.length > 0) wrong[page] = found;
    }
    expect(wrong).toEqual({});
  });

  it('verdicts, with every reason there is', async () => {
    window = await Window.open(look);
    const wrong: Record<string, string[]> = {};
    const scans = ['admit', 'helper', 'exit', 'already_in', 'in_or_out', 'ask', 'step_up'] as const;
    for (const scan of [...scans, ...reasons(0).map((reason) => reason.code)]) {
      await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
      await window.pass(250);
      const found = await window.page.evaluate(faults);
      if (found.length > 0) wrong[scan] = found;
    }
    expect(wrong).toEqual({});
  });

  it('verdicts whose key was refused', async () => {
    window = await Window.open(look);
    const wrong: Record<string, string[]> = {};
    const scans = [
      'helper',
      'exit',
      'already_in',
      'in_or_out',
      'ask',
      'step_up',
      'expired',
      'forged',
    ] as const;
    const codes = ['sign_in_first', 'not_recorded', 'no_picture', 'unit_closed', 'not_allowed'] as const;
    const check = async (page: string, code: (typeof codes)[number], touched: Locator) => {
      await window.page.evaluate((code) => globalThis.window.demo.refuse({ code }), code);
      await window.touch(touched);
      expect(await window.at('verdict').locator('[data-testid="notice"]').isVisible()).toBe(true);
      const found = await window.page.evaluate(faults);
      if (found.length > 0) wrong[`${page}, ${code}`] = found;
    };
    for (const scan of scans) {
      for (const code of codes) {
        await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
        await window.pass(250);
        await check(scan, code, window.at('verdict').locator('button').last());
      }
    }
    await window.page.evaluate(() => globalThis.window.demo.scan('step_up'));
    await window.pass(250);
    await window.touch('need-plate');
    await window.type('ka05mj4821');
    for (const code of codes) await check('plate', code, window.at('plate-done'));
    expect(wrong).toEqual({});
  });

  it('verdicts and pages under an alert, with a key that was refused', async () => {
    window = await Window.open(look);
    const wrong: Record<string, string[]> = {};
    const check = async (page: string, touched: Locator) => {
      await window.page.evaluate(() => globalThis.window.demo.refuse({ code: 'not_recorded' }));
      await window.touch(touched);
      // Where it is told on the page itself, the alert lies over it.
      const told = window.page.locator(
        ':is([data-testid="alert"], [data-testid="verdict"]) [data-testid="notice"]',
      );
      expect(await told.count()).toBe(1);
      await window.sees('alert-offline');
      const found = await window.page.evaluate(faults);
      if (found.length > 0) wrong[page] = found;
    };
    await window.touch('kind-TAXI', 'digit-4', 'digit-8', 'digit-2');
    await window.page.evaluate(() => globalThis.window.demo.offline(2, 37));
    await window.page.evaluate(() => globalThis.window.demo.alert({ is: 'wrong_codes' }));
    await check('cab', window.at('digit-1'));
    for (const scan of ['helper', 'exit', 'already_in', 'in_or_out', 'ask', 'step_up', 'expired'] as const) {
      await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
      await check(scan, window.at('verdict').locator('button').last());
    }
    await window.page.evaluate(() => globalThis.window.demo.scan('step_up'));
    await window.touch('need-plate');
    await window.type('ka05mj4821');
    await check('plate', window.at('plate-done'));
    expect(wrong).toEqual({});
  });

  it('enrolment', async () => {
    window = await Window.open(`${look}&stage=enrol`);
    const wrong: Record<string, string[]> = {};
    const check = async (page: string) => {
      const found = await window.page.evaluate(faults);
      if (found.length > 0) wrong[page] = found;
    };
    await check('scan');
    await window.touch('enrol-type', 'key-g', 'key-.');
    await check('typed');
    await window.page.evaluate(() => globalThis.window.demo.enrol(5));
    await window.pass(250);
    await check('ladder');
    for (const code of ['captive_portal', 'intercepted', 'code_expired', 'no_answer'] as const) {
      await window.page.evaluate((code) => globalThis.window.demo.enrol(2, { code }), code);
      await window.pass(250);
      await check(code);
    }
    expect(wrong).toEqual({});
  });

  it('an emergency at a gate whose records do not open', async () => {
    window = await Window.open(look);
    await window.page.evaluate(() => globalThis.window.demo.shut({ code: 'records_newer' }));
    await window.pass(250);
    expect(await window.page.evaluate(faults)).toEqual([]);
    await window.touch('emergency');
    expect(await window.page.evaluate(faults)).toEqual([]);
    await window.touch('emergency-fire');
    expect(await window.page.evaluate(faults)).toEqual([]);
  });
});

it('turns the page of many towers, floors and flats rather than making their tiles smaller', async () => {
  window = await Window.open();
  await window.page.evaluate(() => {
    const { demo } = globalThis.window;
    const many = (count: number) => Array.from({ length: count }, (_, i) => String(i + 1));
    demo.towers = async () => many(30);
    demo.floors = async () => many(45);
    demo.flats = async (tower, floor) =>
      many(30).map((flat) => {
        const label = `${tower}-${floor}${flat}`;
        return { id: label, label, tower, floor, flat, intercom: null };
      });
  });
  await window.touch('kind-TAXI', 'digit-9', 'digit-8', 'digit-7', 'digit-6');
  await window.sees('no-cab');
  // Floors rise: the higher ones are further up.
  for (const [tile, turn] of [
    ['tower-30', 'tiles-down'],
    ['floor-45', 'tiles-up'],
    ['flat-30', 'tiles-down'],
  ] as const) {
    expect(await window.page.evaluate(faults)).toEqual([]);
    await window.touch(turn);
    expect(await window.page.evaluate(faults)).toEqual([]);
    await window.touch(tile);
  }
  await window.sees('send');
});

it('leaves room for the notice, the clock and the connection beside a long name', async () => {
  window = await Window.open('language=hi');
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'field-name', 'key-switch');
  await window.type('venkata subramaniam lakshminarayana iyer');
  await window.touch('send', 'ask');
  await window.page.evaluate(() => globalThis.window.demo.refuse({ code: 'not_recorded' }));
  await window.touch('ring');
  await window.sees('notice');
  expect(await window.page.evaluate(faults)).toEqual([]);
  expect((await window.at('notice').boundingBox())?.width).toBeGreaterThanOrEqual(440);
  const clock = await window.at('clock').boundingBox();
  expect((clock?.x ?? NaN) + (clock?.width ?? NaN)).toBeLessThan(1920);
});

it('fits a screen of other proportions and resolution as well', async () => {
  window = await Window.open('language=hi', { width: 1280, height: 800 });
  expect(await window.page.evaluate(faults)).toEqual([]);
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'field-name');
  expect(await window.page.evaluate(faults)).toEqual([]);
});

it('tells admit from refuse by shape as well as by colour', async () => {
  window = await Window.open();
  const outline = async (scan: 'admit' | 'expired') => {
    await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
    await window.pass(250);
    return window.page
      .locator('[data-testid="verdict"] svg.disc, [data-testid="verdict"] svg.octagon')
      .getAttribute('class');
  };
  expect(await outline('admit')).toContain('disc');
  expect(await outline('expired')).toContain('octagon');
});
