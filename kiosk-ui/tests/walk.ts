import type { Window } from './window';

/** Pages, each reached from the one before. */
export const walk: readonly { page: string; go: (window: Window) => Promise<void> }[] = [
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
    go: (w) => w.touch(w.at('ask').nth(1)),
  },
  {
    page: 'card, approved',
    go: async (w) => {
      await w.touch('back', 'ask-open');
    },
  },
  {
    page: 'card, unanswered, again',
    go: async (w) => {
      await w.touch('back');
      await w.touch(w.at('ask').nth(1));
    },
  },
  { page: 'override', go: (w) => w.touch('override') },
  {
    page: 'spoken',
    go: async (w) => {
      await w.touch('digest');
      await w.touch(w.at('ask').nth(1));
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
      await w.type('lakshmi subramaniam iyer');
      await w.touch('people-more');
    },
  },
  {
    page: 'guest with a name in their own letters',
    go: async (w) => {
      const latin = (await w.at('keyboard').getAttribute('data-latin')) === 'true';
      if (!latin) await w.touch('key-क', 'key-ई', 'key-र');
    },
  },
  {
    page: 'guest of three flats',
    go: (w) =>
      w.touch('add-flat', 'tower-A', 'floor-12', 'flat-03', 'add-flat', 'tower-B', 'floor-7', 'flat-02'),
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
  { page: 'inside by letters', go: (w) => w.touch('letters').then(() => w.press('k')) },
  { page: 'who leaves', go: (w) => w.touch('back', 'out', 'digit-1') },
  { page: 'nobody of that name', go: (w) => w.touch('digit-9', 'digit-9', 'digit-8') },
  { page: 'guards', go: (w) => w.touch('back', 'guard') },
  { page: 'PIN', go: (w) => w.touch('guard-guard-sunita', 'digit-1') },
  { page: 'connection', go: (w) => w.touch('back', 'link') },
  { page: 'emergency', go: (w) => w.touch('back', 'emergency') },
  { page: 'alarm', go: (w) => w.touch('emergency-medical') },
  {
    page: 'an alert about a pass',
    go: async (w) => {
      await w.touch('alert-seen');
      await w.page.evaluate(() => {
        const units = [{ id: 'u', label: 'A-1203', tower: 'A', floor: '12', flat: '03', intercom: null }];
        const who = {
          photo: null,
          name: 'Lakshmi Subramaniam',
          company: null,
          plate: null,
          phone_end: null,
          people: 1,
        };
        globalThis.window.demo.alert({
          is: 'double_use',
          who: { kind: 'GUEST', subject: 'VISITOR', units, ...who },
        });
      });
      await w.pass(300);
    },
  },
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
