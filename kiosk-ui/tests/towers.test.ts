// Communities as they are built: towers with names, units without a tower, no towers at all.
import { afterEach, expect, it } from 'vitest';

import { faults } from './look';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

it('names towers as long as the server takes them, and units that stand in none', async () => {
  window = await Window.open('', { width: 1280, height: 800 }, 'UTC', (demo) => {
    demo.towers = () => Promise.resolve(['', 'WESTMINSTE', 'नीलगिरी', 'A']);
  });
  await window.touch('company-Zomato');
  await window.sees('tower-WESTMINSTE');
  expect(await window.at('tower-').textContent()).toContain('No tower');
  expect(await window.page.evaluate(faults)).toEqual([]);
});

it('asks for no tower where there is none', async () => {
  window = await Window.open('', { width: 1280, height: 800 }, 'UTC', (demo) => {
    demo.towers = () => Promise.resolve(['']);
  });
  await window.touch('company-Zomato');
  await window.sees('floor-11');
  expect(await window.at('crumb-tower').count()).toBe(0);
});
