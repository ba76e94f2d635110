// What the screen does by itself, and how it takes fingers, gloves, keyboards and hand scanners.
import { afterEach, expect, it } from 'vitest';

import { faults } from './look';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

it('goes home after 45 s without a touch, and keeps the draft in the tray', async () => {
  window = await Window.open();
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'digit-9');
  await window.pass(44_000);
  await window.sees('send');
  await window.pass(2_000);
  await window.sees('camera');
  await window.touch('draft');
  await window.sees('send');
  expect(await window.at('field-phone').innerText()).toContain('9');
});

it('takes the bounce of a wet finger for one touch, and two fingers for two', async () => {
  window = await Window.open();
  await window.touch('code', 'tower-A', 'floor-12', 'flat-03');
  const tap = async (id: string) => window.at(id).tap();
  await tap('digit-5');
  await window.pass(120);
  await tap('digit-5');
  expect(await window.at('boxes').getAttribute('data-filled')).toBe('1');
  await tap('digit-6');
  expect(await window.at('boxes').getAttribute('data-filled')).toBe('2');
  await window.pass(400);
  await tap('digit-6');
  expect(await window.at('boxes').getAttribute('data-filled')).toBe('3');
});

it('a touch that opened a page does not press what lies under the finger there', async () => {
  window = await Window.open();
  const box = await window.at('kind-DELIVERY').boundingBox();
  if (box === null) throw new Error('the key is not drawn');
  const [x, y] = [box.x + 20, box.y + 20];
  await window.page.touchscreen.tap(x, y);
  await window.sees('unit-picker');
  await window.pass(100);
  await window.page.touchscreen.tap(x, y);
  expect(await window.at('title').innerText()).toContain('Delivery');
  await window.sees('tower-A');
});

it('tapping on at one place chooses nothing on the page that came there', async () => {
  window = await Window.open();
  const company = await window.at('company-Zomato').boundingBox();
  await window.tapAt(company);
  await window.sees('unit-picker');
  await window.pass(380);
  await window.tapAt(company);
  await window.sees('tower-A');
  await window.pass(460);
  await window.tapAt(company);
  await window.misses('tower-A');
});

it('a new scan replaces the verdict before it', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.scan('expired'));
  await window.sees('verdict');
  await window.page.evaluate(() => globalThis.window.demo.scan('admit'));
  await window.pass(250);
  expect(await window.at('verdict').getAttribute('data-verdict')).toBe('admit');
});

it('a refusal stays for 10 s and then leaves a red strip for a minute', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.scan('expired'));
  await window.pass(9_500);
  await window.sees('verdict');
  await window.pass(1_000);
  await window.misses('verdict');
  await window.pass(58_000);
  expect(await window.at('strip').innerText()).toContain('A-1203');
  await window.pass(3_000);
  await window.misses('strip');
});

it('a card that lapses under the hands of the guard says so, and nothing is left to do but to send it away', async () => {
  window = await Window.open();
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03', 'ask', 'spoken');
  await window.sees('challenge');
  await window.page.evaluate(() => globalThis.window.demo.lapsed());
  expect(await window.at('card').getAttribute('data-state')).toBe('lapsed');
  for (const key of ['ring', 'spoken', 'override']) expect(await window.at(key).count()).toBe(0);
  await window.touch('left');
  await window.sees('camera');
  expect(await window.at('ask').count()).toBe(0);
});

it('what is no pass at all is a strip and not a verdict', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.strip({ is: 'not_a_pass', what: 'payment' }));
  await window.sees('strip');
  expect(await window.at('verdict').count()).toBe(0);
});

it('says on a verdict that what was held up since then is no pass, and nothing of what was before', async () => {
  window = await Window.open();
  const strip = (what: 'payment' | 'link') =>
    window.page.evaluate((what) => globalThis.window.demo.strip({ is: 'not_a_pass', what }), what);
  await strip('payment');
  await window.pass(1_000);
  await window.page.evaluate(() => globalThis.window.demo.scan('expired'));
  await window.pass(1_000);
  expect(await window.at('verdict').locator('[data-testid="strip"]').count()).toBe(0);
  await strip('link');
  expect(await window.at('verdict').locator('[data-testid="strip"]').innerText()).toContain('A web link');
});

it('says how to hold what is before the camera above the strips', async () => {
  window = await Window.open();
  for (const what of ['payment', 'link', 'other'] as const)
    await window.page.evaluate((what) => globalThis.window.demo.strip({ is: 'not_a_pass', what }), what);
  await window.page.evaluate(() => globalThis.window.demo.camera('hold_still'));
  await window.sees('guidance');
  const guidance = await window.at('guidance').boundingBox();
  const strip = await window.at('strip').first().boundingBox();
  expect((guidance?.y ?? NaN) + (guidance?.height ?? NaN)).toBeLessThanOrEqual(strip?.y ?? NaN);
});

it('says so when what was held up could not be recorded', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.strip({ is: 'not_recorded' }));
  expect(await window.at('strip').innerText()).toContain('nothing was recorded');
});

it('counting people keeps the verdict a little longer', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.scan('admit'));
  await window.touch('people-more');
  await window.pass(2_800);
  expect(await window.at('people').innerText()).toBe('2');
});

it('a question stays with what was typed while somebody answers it, and then goes', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.scan('step_up'));
  await window.touch('need-plate', 'key-k');
  for (const key of ['key-a', 'key-0', 'key-5', 'key-m']) {
    await window.pass(20_000);
    await window.touch(key);
  }
  expect(await window.at('plate').innerText()).toBe('KA05M');
  const told = (await window.told()).length;
  await window.touch('key-j', 'key-4', 'key-8');
  expect(await window.told()).toHaveLength(told);
  await window.pass(46_000);
  await window.misses('verdict');
});

it.each(['en', 'hi'])('a gate for leaving begins no walk-in and says why: %s', async (language) => {
  window = await Window.open(`gate=exit&language=${language}`);
  for (const kind of ['DELIVERY', 'GUEST', 'TAXI', 'SERVICE'])
    expect(await window.at(`kind-${kind}`).isDisabled()).toBe(true);
  expect(await window.page.locator('[data-testid^="company-"]').count()).toBe(0);
  await window.sees('only-out');
  expect(await window.page.evaluate(faults)).toEqual([]);
  await window.touch('code', 'tower-A', 'floor-12', 'flat-03');
  expect(await window.at('ask-instead').isDisabled()).toBe(true);
  await window.touch('back', 'out', 'row-out');
  expect(await window.told()).toEqual(['out']);
});

it('can be used by the keyboard alone: arrows, Enter, digits, letters, Escape', async () => {
  window = await Window.open();
  const focused = () =>
    window.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['testid'] ?? null);
  await window.press('ArrowDown');
  expect(await focused()).toBe('guard');
  await window.press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown');
  for (let step = 0; step < 4 && (await focused()) !== 'code'; step += 1) await window.press('ArrowLeft');
  expect(await focused()).toBe('code');
  await window.press('Enter');
  await window.sees('unit-picker');
  await window.press('b', '7', '0', '4', 'Enter', '1', '2', '3', '4', '5', '6');
  expect(await window.told()).toEqual(['code_submit']);
  await window.sees('verdict');
  await window.pass(700);
  await window.press('Escape');
  expect(await window.told()).toEqual(['code_submit', 'close_verdict']);
  await window.misses('verdict');
});

it('tells a hand scanner from a person and types nothing of it into a field', async () => {
  window = await Window.open();
  await window.touch('inside');
  await window.scan('GH1:NCFOXN9/6F', 'Enter');
  const told = await window.page.evaluate(() => globalThis.window.demo.touches);
  expect(told).toEqual([{ touch: 'scanned', text: 'GH1:NCFOXN9/6F' }]);
});

it('presses nothing by what a hand scanner reads that is no pass', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.scan('in_or_out'));
  await window.press('ArrowDown');
  await window.scan('8901234567890', 'Enter', 'Enter');
  const touches = await window.page.evaluate(() => globalThis.window.demo.touches);
  expect(touches).toEqual([{ touch: 'scanned', text: '8901234567890' }]);
});

it('moves no focus where a hand scanner ends with Tab', async () => {
  window = await Window.open();
  const moved = await window.page.evaluate(() => {
    const press = (key: string) =>
      document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    for (const key of '8901234567890') press(key);
    return [press('Tab'), press('Tab')];
  });
  expect(moved).toEqual([false, true]);
  expect(await window.told()).toEqual(['scanned']);
});

it('types no digits of a barcode where a code is expected, and six of a quick hand all the same', async () => {
  window = await Window.open();
  await window.touch('code', 'tower-A', 'floor-12', 'flat-03');
  await window.scan('8901234567890');
  expect(await window.told()).toEqual(['scanned']);
  await window.pass(700);
  await window.press('Escape');
  expect(await window.at('boxes').getAttribute('data-filled')).toBe('0');
  for (const digit of '123456') {
    await window.page.keyboard.press(digit);
    await window.pass(40);
  }
  expect(await window.told()).toContain('code_submit');
});

it('keeps a walk-in that was begun, until it is thrown away, and none that only has a company', async () => {
  window = await Window.open();
  await window.touch('company-Zomato', 'back');
  expect(await window.at('draft').count()).toBe(0);
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'back', 'draft');
  await window.touch('discard');
  await window.sees('camera');
  expect(await window.at('draft').count()).toBe(0);
  expect(await window.told()).toEqual([]);
});

it('keeps every walk-in that was begun, however many', async () => {
  window = await Window.open();
  for (let begun = 0; begun < 6; begun += 1)
    await window.touch('kind-GUEST', 'tower-A', `floor-${begun + 1}`, 'flat-03', 'back');
  expect(await window.at('tray-more').innerText()).toBe('+2');
  await window.touch('tray-more');
  expect(await window.at('draft').count()).toBe(6);
  expect(await window.at('draft').first().innerText()).toContain('A-103');
});

it('says beside UNDO when somebody passed', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.scan('admit'));
  await window.pass(3_000);
  await window.sees('undo-last');
  expect(await window.at('last').innerText()).toMatch(/10:5[12]/);
});

it('sends a walk-in once, however often it is asked to', async () => {
  window = await Window.open();
  const slow = () =>
    window.page.evaluate(() => {
      const { demo } = globalThis.window;
      const touch = demo.touch.bind(demo);
      demo.touch = async (made) => {
        await new Promise((done) => setTimeout(done, 2_000));
        return touch(made);
      };
    });
  await slow();
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03');
  await window.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await window.press('Enter', 'Enter');
  expect(await window.at('send').isDisabled()).toBe(true);
  await window.pass(5_000);
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03', 'flat-04');
  await window.pass(5_000);
  expect(await window.told()).toEqual(['walkin', 'walkin']);
  expect(await window.at('draft').count()).toBe(0);
});

it('sends no phone that was only half typed', async () => {
  window = await Window.open();
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'digit-9');
  expect(await window.at('send').isDisabled()).toBe(true);
  await window.touch('erase');
  expect(await window.at('send').isDisabled()).toBe(false);
});

it('shows who is inside when the last one on the last page has left', async () => {
  window = await Window.open();
  await window.touch('inside');
  const pages = async () => Number((await window.at('page').innerText()).split(/\D+/).filter(Boolean).at(-1));
  const last = await pages();
  for (let page = 1; page < last; page += 1) await window.touch('page-down');
  for (let row = await window.at('row-out').count(); row > 0; row -= 1) await window.touch('row-out');
  expect(await window.at('nobody').count()).toBe(0);
  expect(await window.at('row-out').count()).toBe(7);
});

it('keeps OVERRIDE and EMERGENCY from being confirmed where they were pressed', async () => {
  window = await Window.open();
  const overlap = async (from: string, to: string) => {
    const pressed = await window.at(from).boundingBox();
    await window.touch(from);
    const boxes = await window.page
      .locator(`[data-testid^="${to}"]`)
      .evaluateAll((keys) => keys.map((key) => key.getBoundingClientRect().toJSON() as DOMRect));
    expect(boxes.length).toBeGreaterThan(2);
    return boxes.some(
      (box) =>
        pressed !== null &&
        box.x < pressed.x + pressed.width &&
        box.x + box.width > pressed.x &&
        box.y < pressed.y + pressed.height &&
        box.y + box.height > pressed.y,
    );
  };
  expect(await overlap('emergency', 'emergency-')).toBe(false);
  await window.touch('back', 'company-Zomato', 'tower-A', 'floor-12', 'flat-03', 'ask');
  expect(await overlap('override', 'override-')).toBe(false);
});

it('signs a guard in by tile and PIN, and says what is wrong', async () => {
  window = await Window.open();
  await window.touch('guard', 'guard-guard-sunita');
  await window.press(...'111111');
  expect(await window.at('notice').innerText()).toContain('Wrong PIN');
  await window.press(...'246810');
  await window.sees('camera');
  expect(await window.at('guard').innerText()).toContain('Sunita Devi');
});

it('says how long it is offline and how much waits', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.offline(2, 37));
  await window.pass(250);
  const said = await window.at('link').innerText();
  expect(said).toContain('Offline 2 h');
  expect(said).toContain('37 waiting to send');
});

it('says of a household that was not asked that it was not, and of others that they do not answer', async () => {
  window = await Window.open();
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
  await window.page.evaluate(() => globalThis.window.demo.offline(2, 37));
  await window.touch('company-Zomato', 'tower-B', 'floor-7', 'flat-04');
  for (let ask = 0; ask < 2; ask += 1) await window.page.evaluate(() => globalThis.window.demo.unanswered());
  await window.pass(250);
  expect(await window.at('ask').nth(0).innerText()).toContain('No answer');
  expect(await window.at('ask').nth(1).innerText()).toContain('Not sent');
  expect(await window.at('ask').nth(1).innerText()).not.toContain('No answer');
  await window.touch(window.at('ask').nth(1), 'ring');
  expect(await window.at('card').innerText()).not.toContain('No answer');
  expect(await window.at('card-notes').innerText()).toBe('Not sent · Rang just now');
});

it('the spoken approval shows both numbers and takes six digits', async () => {
  window = await Window.open();
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03', 'ask', 'spoken');
  expect(await window.at('kiosk-number').innerText()).toBe('4071');
  expect(await window.at('challenge').innerText()).toBe('5382');
  await window.press(...'222222');
  expect(await window.at('notice').innerText()).toContain('2 left');
  await window.press(...'111111');
  await window.sees('camera');
  expect(await window.at('ask').getAttribute('data-state')).toBe('approved');
});

it('says that numbers have ended only where some had begun', async () => {
  window = await Window.open();
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03', 'ask');
  await window.page.evaluate(() => globalThis.window.demo.refuse({ code: 'spoken_unavailable' }));
  await window.touch('spoken');
  expect(await window.at('no-numbers').innerText()).toBe('No numbers yet');
  await window.touch('spoken-again');
  await window.sees('challenge');
  for (let minute = 0; minute < 5; minute += 1) {
    await window.touch('digit-1', 'erase');
    await window.pass(40_000);
    await window.touch('digit-1', 'erase');
    await window.pass(20_000);
  }
  expect(await window.at('no-numbers').innerText()).toBe('These numbers have ended');
});

it('closes a card whose visitor was approved and went away, and lets in by one touch', async () => {
  window = await Window.open();
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
  await window.page.evaluate(() => globalThis.window.demo.answer(true));
  await window.pass(250);
  await window.touch('ask-open', 'left');
  await window.sees('camera');
  await window.misses('ask');
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
  await window.page.evaluate(() => globalThis.window.demo.answer(true));
  await window.pass(250);
  await window.touch('ask');
  expect(await window.told()).toEqual(['walkin', 'left', 'walkin', 'let_in']);
});

it('keeps no digits that answered another number', async () => {
  window = await Window.open();
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03', 'ask', 'spoken');
  await window.touch('digit-1', 'digit-2', 'digit-3');
  expect(await window.at('boxes').getAttribute('data-filled')).toBe('3');
  expect(await window.at('challenge').innerText()).toBe('5382');
  await window.page.evaluate(async () => {
    const { demo } = globalThis.window;
    const desk = (await demo.screen()).stage;
    const [card] = desk.stage === 'desk' ? desk.asks : [];
    await demo.touch({ touch: 'spoken_start', ask: card?.id ?? '' });
  });
  await window.pass(250);
  expect(await window.at('challenge').innerText()).toBe('9174');
  expect(await window.at('boxes').getAttribute('data-filled')).toBe('0');
});

it('enrolment shows each check, and words and remedy for the one that failed', async () => {
  window = await Window.open('stage=enrol');
  await window.touch('enrol-type');
  await window.type('gate.example');
  await window.touch('enrol-code');
  await window.type('abcd');
  await window.touch('enrol-go');
  expect(await window.page.evaluate(() => globalThis.window.demo.touches)).toEqual([
    { touch: 'enrol_typed', server: 'gate.example', code: 'ABCD' },
  ]);
  await window.page.evaluate(() => globalThis.window.demo.enrol(1, { code: 'captive_portal' }));
  await window.sees('trouble');
  expect(await window.at('rung-network').getAttribute('data-state')).toBe('passed');
  await window.touch('enrol-retry');
  await window.page.evaluate(() => globalThis.window.demo.enrolled());
  await window.sees('camera');
});

it.each([
  { zone: 'Asia/Kolkata', night: 'false' },
  { zone: 'America/New_York', night: 'true' },
])('enrolment goes by the hour in $zone: the community’s is not known yet', async ({ zone, night }) => {
  window = await Window.open('stage=enrol&theme=auto', undefined, zone);
  expect(await window.page.locator('html').getAttribute('data-night')).toBe(night);
  await window.page.evaluate(() => globalThis.window.demo.enrolled());
  await window.sees('camera');
  expect(await window.at('clock').innerText()).toMatch(/^10:5[12]$/);
  expect(await window.page.locator('html').getAttribute('data-night')).toBe('false');
});

it('enrolment takes the QR of a hand scanner, and says so when a touch does nothing', async () => {
  window = await Window.open('stage=enrol');
  const scan = async () => {
    await window.scan('GHE1:NCFOXN9/6F', 'Enter');
  };
  await scan();
  await window.sees('rung-network');
  await scan();
  expect(await window.at('notice').innerText()).toContain('Not now');
});

it('enrolment offers another code only until one was taken', async () => {
  window = await Window.open('stage=enrol');
  await window.page.evaluate(() => globalThis.window.demo.enrol(4, { code: 'code_expired' }));
  await window.sees('enrol-cancel');
  await window.page.evaluate(() => globalThis.window.demo.enrol(5, { code: 'disk' }));
  await window.sees('trouble');
  await window.misses('enrol-cancel');
  await window.sees('enrol-retry');
});

it('selects nothing, opens no menu and does not scroll', async () => {
  window = await Window.open();
  const prevented = await window.page.evaluate(() => {
    const menu = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
    document.querySelector('button')?.dispatchEvent(menu);
    const style = getComputedStyle(document.body);
    return {
      menu: menu.defaultPrevented,
      select: style.userSelect,
      scrolls:
        document.documentElement.scrollHeight > innerHeight || document.body.scrollHeight > innerHeight,
    };
  });
  expect(prevented).toEqual({ menu: true, select: 'none', scrolls: false });
});

it('an emergency can be raised and stopped while the records do not open, and says that nobody is told', async () => {
  window = await Window.open();
  await window.page.evaluate(() => globalThis.window.demo.shut({ code: 'disk' }));
  await window.sees('trouble');
  await window.touch('emergency', 'emergency-fire');
  expect(await window.at('starting').innerText()).toContain('Nobody is told yet');
  expect(await window.at('alert').getAttribute('data-kind')).toBe('emergency');
  await window.touch('alert-seen');
  await window.misses('alert');
});
