// A finger that is on its way means what it saw: what came, changed or moved since then takes no touch of it.
import { afterEach, expect, it } from 'vitest';

import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

const delivery = ['company-Zomato', 'tower-A', 'floor-12', 'flat-03'];
const scan = (what: 'admit' | 'expired') =>
  window.page.evaluate((what) => globalThis.window.demo.scan(what), what);
const answer = (yes: boolean) => window.page.evaluate((yes) => globalThis.window.demo.answer(yes), yes);
/** The ask of a card is over: somebody let them in at another gate. */
const end = (card: number) =>
  window.page.evaluate(async (card) => {
    const { demo } = globalThis.window;
    const { stage } = await demo.screen();
    const ask = stage.stage === 'desk' ? stage.asks[card]?.id : undefined;
    await demo.touch({ touch: 'left', ask: ask ?? '' });
    demo.touches.pop();
  }, card);

it('a verdict takes no touch that was meant for the page it covers', async () => {
  window = await Window.open();
  await scan('admit');
  const undo = await window.at('undo').boundingBox();
  await window.pass(3_000);
  await window.touch('code', 'tower-A', 'floor-12', 'flat-03');
  await scan('admit');
  await window.pass(100);
  await window.tapAt(undo);
  expect(await window.told()).toEqual([]);
  await window.touch('undo');
  expect(await window.told()).toEqual(['undo_entry']);
});

it('what lay under a verdict takes no touch that was meant for it', async () => {
  window = await Window.open();
  await window.touch(...delivery);
  await answer(true);
  await window.settled(window.at('ask'));
  const letIn = await window.at('ask').boundingBox();
  await scan('admit');
  await window.pass(2_600);
  await window.misses('verdict');
  await window.tapAt(letIn);
  await window.pass(350);
  expect(await window.told()).toEqual(['walkin']);
  await window.touch('ask');
  expect(await window.told()).toEqual(['walkin', 'let_in']);
});

it('a bounce of a touch that did not count does not count either', async () => {
  window = await Window.open();
  await scan('expired');
  await window.pass(350);
  const close = await window.at('close').boundingBox();
  await window.tapAt(close);
  await window.settled(window.at('close'));
  await window.tapAt(close);
  expect(await window.told()).toEqual([]);
});

it('a card that is answered or moves lets nobody in by a touch that was meant for what it was', async () => {
  window = await Window.open();
  await window.touch(...delivery, ...delivery, ...delivery);
  const [first, second] = [window.at('ask').nth(0), window.at('ask').nth(1)];
  await window.settled(first);
  await answer(true);
  await window.pass(100);
  await window.tapAt(await first.boundingBox());
  expect(await window.told()).toEqual(['walkin', 'walkin', 'walkin']);

  await answer(true);
  await window.settled(second);
  await end(0);
  await window.pass(100);
  await window.tapAt(await first.boundingBox());
  expect(await window.told()).toEqual(['walkin', 'walkin', 'walkin']);
  await window.touch(first);
  expect(await window.told()).toEqual(['walkin', 'walkin', 'walkin', 'let_in']);
});

it('an answer moves no key of a card’s page, and LET IN takes no touch that was meant for another', async () => {
  window = await Window.open();
  const places = async () => ({
    ring: await window.at('ring').boundingBox(),
    override: await window.at('override').boundingBox(),
    left: await window.at('left').boundingBox(),
  });
  await window.touch(...delivery, 'ask');
  await window.settled(window.at('left'));
  const before = await places();
  await answer(true);
  await window.pass(100);
  await window.tapAt(before.ring);
  await window.tapAt(before.override);
  await window.settled(window.at('left'));
  await window.tapAt(before.override);
  expect(await window.told()).toEqual(['walkin']);
  expect(await window.at('left').boundingBox()).toEqual(before.left);
  await window.touch('let-in');
  expect(await window.told()).toEqual(['walkin', 'let_in']);
});

it('a row of who is inside lets nobody out by a touch that was meant for the one before', async () => {
  window = await Window.open();
  await window.touch('inside');
  const second = window.at('row-out').nth(1);
  await window.settled(second);
  await window.page.evaluate(async () => {
    const { demo } = globalThis.window;
    const { rows } = await demo.inside('', 'today', 0);
    await demo.touch({ touch: 'out', visit: rows[0]?.visit ?? '' });
    demo.touches.pop();
  });
  await window.pass(100);
  await window.tapAt(await second.boundingBox());
  expect(await window.told()).toEqual([]);
  await window.touch(second);
  expect(await window.told()).toEqual(['out']);
});

it('a guard who comes onto the list moves nobody’s tile under a finger', async () => {
  window = await Window.open();
  await window.touch('guard');
  const tile = window.page.locator('[data-testid^="guard-"]').first();
  await window.settled(tile);
  const box = await tile.boundingBox();
  await window.page.evaluate(async () => {
    const { demo } = globalThis.window;
    const guards = await demo.guards();
    demo.guards = async () => [
      { id: 'guard-first', name: 'Aa First', photo: null, locked_until: null },
      ...guards,
    ];
    demo.offline(1, 0);
  });
  await window.pass(100);
  await window.sees('guard-guard-first');
  await window.tapAt(box);
  await window.misses('boxes');
  await window.settled(window.at('guard-guard-first'));
  await window.tapAt(box);
  await window.sees('boxes');
});
