// How many touches each task takes: the numbers of the design, counted at the real screen.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
beforeEach(async () => {
  window = await Window.open();
});
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

describe('no touch', () => {
  it.each(['admit', 'helper'] as const)('%s by a scan, and the verdict clears in 2.5 s', async (scan) => {
    await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
    await window.sees('verdict');
    await window.pass(2_200);
    expect(await window.at('verdict').count()).toBe(1);
    await window.pass(600);
    await window.misses('verdict');
    expect(await window.told()).toEqual([]);
  });

  it('pass out by a scan', async () => {
    await window.page.evaluate(() => globalThis.window.demo.scan('exit'));
    await window.sees('verdict');
    expect(await window.at('verdict').getAttribute('data-verdict')).toBe('exit');
    expect(await window.told()).toEqual([]);
  });
});

it('1 touch where in or out is unclear', async () => {
  await window.page.evaluate(() => globalThis.window.demo.scan('in_or_out'));
  await window.touch('out-now');
  expect(await window.told()).toEqual(['in_or_out']);
});

it('4 touches for a delivery: company, tower, floor, flat', async () => {
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
  expect(await window.told()).toEqual(['walkin']);
  expect(await window.at('ask').getAttribute('data-unit')).toBe('A-1203');
});

it('the ask can be taken back for three seconds', async () => {
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
  await window.sees('undo-ask');
  await window.pass(3_000);
  await window.misses('undo-ask');
});

it('1 touch to let in whom the flat approved', async () => {
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
  await window.page.evaluate(() => globalThis.window.demo.answer(true));
  const before = (await window.told()).length;
  await window.touch('ask');
  expect((await window.told()).slice(before)).toEqual(['let_in']);
  expect(await window.at('verdict').getAttribute('data-verdict')).toBe('admit');
});

it('an answer changes its card and never seizes the screen', async () => {
  await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03', 'code');
  await window.page.evaluate(() => globalThis.window.demo.answer(true));
  await window.sees('unit-picker');
  expect(await window.at('verdict').count()).toBe(0);
  expect(await window.at('digest').innerText()).toContain('1');
});

it('1 touch from a refusal to asking the flat, filled in', async () => {
  await window.page.evaluate(() => globalThis.window.demo.scan('expired'));
  await window.touch('next-ask');
  expect(await window.told()).toEqual(['ask_unit']);
  expect(await window.at('ask').getAttribute('data-unit')).toBe('A-1203');
});

it('5 touches for a cab that is expected: CAB and four digits', async () => {
  await window.touch('kind-TAXI', 'digit-4', 'digit-8', 'digit-2', 'digit-1');
  expect(await window.told()).toEqual(['cab_code']);
  expect(await window.at('verdict').getAttribute('data-verdict')).toBe('admit');
});

it('a cab nobody expects goes on as a walk-in that knows its digits', async () => {
  await window.touch('kind-TAXI', 'digit-9', 'digit-8', 'digit-7', 'digit-6');
  await window.sees('no-cab');
  await window.touch('tower-A', 'floor-12', 'flat-03');
  expect(await window.at('field-plate').innerText()).toContain('9876');
});

it('5 touches for a guest without a phone', async () => {
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'send');
  expect(await window.told()).toEqual(['walkin']);
});

it('15 touches for a guest with a phone', async () => {
  const phone = [...'9876543210'].map((digit) => `digit-${digit}`);
  const keys = ['kind-GUEST', 'tower-A', 'floor-12', 'flat-03', ...phone, 'send'];
  expect(keys).toHaveLength(15);
  await window.touch(...keys);
  const sent = await window.page.evaluate(() => globalThis.window.demo.touches.at(-1));
  expect(sent).toMatchObject({ touch: 'walkin', phone: '9876543210' });
});

it('10 touches for a code: CODE, the unit in 3, six digits, of which the last submits', async () => {
  await window.touch('code', 'tower-A', 'floor-12', 'flat-03');
  await window.touch('digit-1', 'digit-2', 'digit-3', 'digit-4', 'digit-5', 'digit-6');
  expect(await window.told()).toEqual(['code_submit']);
  expect(await window.at('verdict').getAttribute('data-verdict')).toBe('admit');
});

it('2 touches to let out whoever stands on the first page of the list', async () => {
  await window.touch('inside', 'row-out');
  expect(await window.told()).toEqual(['out']);
});

it('6 touches to let out anybody by four digits of flat or plate', async () => {
  await window.touch('inside', 'digit-1', 'digit-1', 'digit-0', 'digit-2', 'row-out');
  expect(await window.told()).toEqual(['out']);
});

it('a required field keeps a form from being sent', async () => {
  await window.touch('kind-SERVICE', 'tower-A', 'floor-12', 'flat-03');
  expect(await window.at('send').isDisabled()).toBe(true);
  await window.type('ravi');
  expect(await window.at('send').isDisabled()).toBe(false);
  expect(await window.at('field-name').innerText()).toContain('Ravi');
});
