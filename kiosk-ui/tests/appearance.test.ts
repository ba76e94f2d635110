// Every page in both languages by day and by night: nothing clipped, nothing too small, nothing too pale.
import { afterEach, describe, expect, it } from 'vitest';

import { reasons } from '../src/lib/backend/fake/verdicts';
import { faults } from './look';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

/** Pages, each reached from the one before. */
const walk: { page: string; go: (window: Window) => Promise<void> }[] = [
  { page: 'home', go: async () => {} },
  {
    page: 'home after an entry',
    go: async (w) => {
      await w.page.evaluate(() => globalThis.window.demo.scan('admit'));
      await w.pass(3_000);
    },
  },
  {
    page: 'home with a full tray, offline, with strips',
    go: async (w) => {
      await w.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
      await w.touch('company-BigBasket', 'tower-D', 'floor-14', 'flat-04');
      await w.page.evaluate(() => globalThis.window.demo.answer(true));
      await w.page.evaluate(() => globalThis.window.demo.unanswered());
      await w.touch('company-Amazon', 'tower-A', 'floor-12', 'flat-03');
      await w.page.evaluate(() => globalThis.window.demo.offline(47, 1237));
      await w.page.evaluate(() =>
        globalThis.window.demo.strip({ is: 'refused', reason: { code: 'live_stale' }, who: null }),
      );
      await w.page.evaluate(() => globalThis.window.demo.strip({ is: 'not_a_pass', what: 'payment' }));
      await w.touch('company-Swiggy', 'tower-B', 'floor-7', 'flat-02');
      await w.touch('company-Zepto', 'tower-B', 'floor-7', 'flat-02');
    },
  },
  { page: 'tray', go: (w) => w.touch('tray-more') },
  {
    page: 'card, unanswered',
    go: (w) =>
      w
        .at('ask')
        .nth(1)
        .tap()
        .then(() => w.pass(400)),
  },
  { page: 'override', go: (w) => w.touch('override') },
  {
    page: 'spoken',
    go: async (w) => {
      await w.touch('digest');
      await w.at('ask').nth(1).tap();
      await w.pass(400);
      await w.touch('spoken');
    },
  },
  { page: 'towers', go: (w) => w.touch('back', 'kind-GUEST') },
  { page: 'floors', go: (w) => w.touch('tower-D') },
  { page: 'flats', go: (w) => w.touch('floor-14') },
  { page: 'guest with a phone', go: (w) => w.touch('flat-04', 'digit-9', 'digit-8', 'digit-7') },
  {
    page: 'guest with a name',
    go: async (w) => {
      await w.touch('field-name');
      await w.page.keyboard.type('lakshmi subramaniam iyer', { delay: 0 });
      await w.touch('people-more');
    },
  },
  {
    page: 'typed unit',
    go: async (w) => {
      await w.touch('back', 'code', 'type-unit', 'key-d', 'key-1');
    },
  },
  { page: 'code', go: (w) => w.touch('back', 'code', 'tower-D', 'floor-14', 'flat-04', 'digit-1') },
  { page: 'cab', go: (w) => w.touch('back', 'kind-TAXI', 'digit-9', 'digit-8') },
  { page: 'cab not expected', go: (w) => w.touch('digit-7', 'digit-6') },
  { page: 'inside', go: (w) => w.touch('back', 'inside') },
  { page: 'overstay', go: (w) => w.touch('tab-overstay') },
  { page: 'inside by letters', go: (w) => w.touch('letters', 'key-k') },
  { page: 'guards', go: (w) => w.touch('back', 'guard') },
  { page: 'PIN', go: (w) => w.touch('guard-guard-sunita', 'digit-1') },
  { page: 'connection', go: (w) => w.touch('back', 'link') },
  { page: 'emergency', go: (w) => w.touch('back', 'emergency') },
  { page: 'alarm', go: (w) => w.touch('emergency-medical') },
  {
    page: 'no camera, nobody signed in, no time',
    go: async (w) => {
      await w.touch('alert-seen', 'guard', 'sign-out');
      await w.page.evaluate(() => globalThis.window.demo.camera('absent'));
      await w.page.evaluate(() => globalThis.window.demo.unsureTime());
      await w.pass(300);
    },
  },
];

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
