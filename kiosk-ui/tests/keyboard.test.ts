// Every page by the keyboard alone: arrows reach every key there is, Enter presses it.
import { afterEach, expect, it } from 'vitest';

import { walk } from './walk';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

/** The name of the key that has the focus. */
function focused({ page }: Window): Promise<string | null> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['testid'] ?? null);
}

/** Keys that no arrow leads to. Runs inside the page: it can use nothing from outside itself. */
function unreached(): string[] {
  const arrows = ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'];
  const focused = () => document.activeElement as HTMLElement | null;
  const press = (key: string) =>
    document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const all = [...document.querySelectorAll<HTMLElement>('button:not([disabled])')].filter(
    (key) => key.closest('[inert]') === null && key.getBoundingClientRect().width > 0,
  );

  focused()?.blur();
  press('ArrowDown');
  const reached = new Set<HTMLElement>();
  const next = [focused()];
  for (let from = next.pop(); from !== undefined; from = next.pop()) {
    if (from === null || from === document.body || reached.has(from)) continue;
    reached.add(from);
    for (const arrow of arrows) {
      from.focus();
      press(arrow);
      next.push(focused());
    }
  }
  return all.filter((key) => !reached.has(key)).map((key) => key.dataset['testid'] ?? key.className);
}

it('arrows reach every key of every page', async () => {
  window = await Window.open('language=hi');
  const lost: Record<string, string[]> = {};
  for (const { page, go } of walk) {
    await go(window);
    const found = await window.page.evaluate(unreached);
    if (found.length > 0) lost[page] = found;
  }
  expect(lost).toEqual({});
});

it('arrows reach every key of every verdict', async () => {
  window = await Window.open();
  const lost: Record<string, string[]> = {};
  const scans = [
    'admit',
    'exit',
    'already_in',
    'in_or_out',
    'ask',
    'step_up',
    'expired',
    'wrong_code',
  ] as const;
  for (const scan of scans) {
    await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
    await window.pass(250);
    const found = await window.page.evaluate(unreached);
    if (found.length > 0) lost[scan] = found;
  }
  expect(lost).toEqual({});
});

it('a delivery is asked for, answered and let in without a touch', async () => {
  window = await Window.open();
  const goTo = async (id: string, ...keys: string[]) => {
    for (let step = 0; step < 20 && (await focused(window)) !== id; step += 1) await window.press(...keys);
    expect(await focused(window)).toBe(id);
  };
  await goTo('kind-DELIVERY', 'ArrowDown');
  await window.press('Enter');
  await window.sees('unit-picker');
  await window.press('a', '1', '2', '0', '3', 'Enter');
  await window.sees('ask');
  await window.page.evaluate(() => globalThis.window.demo.answer(true));
  await goTo('ask-open', 'ArrowDown');
  await goTo('ask', 'ArrowLeft');
  await window.press('Enter');
  expect(await window.told()).toEqual(['walkin', 'let_in']);
});

it('asks the flat that has the focus, not the first that was found', async () => {
  window = await Window.open();
  await window.touch('company-Zomato');
  await window.press('a', '1', 'ArrowDown');
  const found = await window.page.locator('[data-testid^="unit-"][data-testid*="A-"]').all();
  const third = await found[2]?.getAttribute('data-testid');
  await window.page.evaluate((id) => {
    document.querySelector<HTMLElement>(`[data-testid="${id}"]`)?.focus();
  }, third);
  await window.press('Space');
  await window.sees('ask');
  expect(`unit-${await window.at('ask').getAttribute('data-unit')}`).toBe(third);
});

it('takes the flat of the text that stands there, not of the one before', async () => {
  window = await Window.open();
  await window.touch('company-Zomato');
  await window.press('a', '1', '2', '0');
  await window.sees('unit-A-1201');
  await window.page.evaluate(() => {
    const { demo } = globalThis.window;
    const look = demo.findUnits.bind(demo);
    demo.findUnits = (text) => new Promise((done) => setTimeout(() => void look(text).then(done), 2_000));
  });
  await window.press('3', 'Enter');
  expect(await window.told()).toEqual([]);
  await window.pass(2_000);
  await window.sees('ask');
  expect(await window.at('ask').getAttribute('data-unit')).toBe('A-1203');
});

it('presses only what can be seen while a verdict covers the page', async () => {
  window = await Window.open();
  await window.touch('company-Zomato');
  await window.press('a', '1', '2', '0', '3');
  await window.page.evaluate(() => globalThis.window.demo.scan('expired'));
  await window.pass(250);
  await window.press('7', 'ArrowDown', 'Enter');
  expect(await window.told()).toEqual(['ask_unit']);
});

it('leaves the focus where it is when the screen changes under a verdict', async () => {
  window = await Window.open();
  await window.press('ArrowDown');
  await window.page.evaluate(() => globalThis.window.demo.scan('in_or_out'));
  await window.pass(250);
  await window.page.evaluate(() => document.querySelector<HTMLElement>('[data-testid="out-now"]')?.focus());
  await window.page.evaluate(() => globalThis.window.demo.camera('absent'));
  await window.pass(250);
  expect(await focused(window)).toBe('out-now');
});

it('presses no key of a verdict that appears under a hand that types', async () => {
  window = await Window.open();
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03', 'field-name');
  await window.type('lakshmi');
  for (const scan of ['in_or_out', 'step_up'] as const) {
    await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
    await window.pass(50);
    await window.type(' s');
    await window.press('Enter');
    expect(await window.told()).toEqual([]);
    await window.pass(350);
    expect(await focused(window)).toBe('close');
  }
  await window.press('Enter');
  expect(await window.told()).toEqual(['close_verdict']);
});

it('takes nobody’s passing back by the next Enter, and reaches its keys by the arrows', async () => {
  window = await Window.open();
  for (const scan of ['exit', 'admit'] as const) {
    await window.press('ArrowDown');
    await window.page.evaluate((scan) => globalThis.window.demo.scan(scan), scan);
    await window.pass(1_000);
    await window.press('Enter');
    expect(await window.told()).toEqual([]);
    expect(await window.at('verdict').locator(':focus').count()).toBe(0);
  }
  await window.press('ArrowDown');
  expect(await window.at('verdict').locator(':focus').count()).toBe(1);
  await window.pass(2_000);
  await window.touch('code', 'tower-A', 'floor-12', 'flat-03');
  await window.press(...'123456');
  await window.sees('verdict');
  await window.pass(700);
  await window.press('Enter');
  expect(await window.told()).toEqual(['code_submit']);
});

it('closes no verdict by an Escape that was meant for the page under it, nor leaves the page by the other', async () => {
  window = await Window.open();
  await window.touch('inside');
  await window.page.evaluate(() => globalThis.window.demo.scan('expired'));
  await window.pass(250);
  await window.press('Escape');
  expect(await window.told()).toEqual([]);
  await window.pass(9_000);
  await window.sees('verdict');
  await window.pass(1_000);
  await window.misses('verdict');
  await window.press('Escape');
  await window.sees('search');
  await window.pass(700);
  await window.press('Escape');
  await window.sees('camera');
});

it('Escape leads home from every page', async () => {
  window = await Window.open();
  for (const page of ['kind-GUEST', 'kind-TAXI', 'code', 'inside', 'out', 'emergency', 'guard', 'link']) {
    await window.touch(page);
    await window.press('Escape');
    await window.sees('camera');
  }
});
