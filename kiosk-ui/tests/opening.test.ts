// What the window does until it has heard the kiosk for the first time.
import { afterEach, expect, it } from 'vitest';

import { faults } from './look';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

it('says in every language that the kiosk does not answer, asks it each second, and opens once it does', async () => {
  window = await Window.open('', undefined, undefined, (demo) => {
    demo.screen = () => Promise.reject(new Error('not ready'));
  });
  const said = await window.at('unheard').innerText();
  expect(said).toContain('The kiosk does not answer');
  expect(said).toContain('कियोस्क जवाब नहीं देता');
  expect(await window.page.evaluate(faults)).toEqual([]);
  await window.pass(1_000);
  await window.sees('unheard');
  await window.page.evaluate(() => Reflect.deleteProperty(globalThis.window.demo, 'screen'));
  await window.pass(1_100);
  await window.sees('camera');
  expect(await window.at('unheard').count()).toBe(0);
});

it('listens again where that failed, and to each change once', async () => {
  window = await Window.open('', undefined, undefined, (demo) => {
    const watch = demo.watch.bind(demo);
    let tries = 0;
    demo.watch = async (push) => {
      tries += 1;
      if (tries < 3) throw new Error('not ready');
      await watch(push);
      document.documentElement.dataset['tries'] = String(tries);
    };
  });
  await window.pass(3_000);
  await window.sees('camera');
  expect(await window.page.locator('html').getAttribute('data-tries')).toBe('3');
  await window.page.evaluate(() => globalThis.window.demo.strip({ is: 'not_recorded' }));
  await window.sees('strip');
});

it('misses no change while it begins to listen', async () => {
  window = await Window.open('', undefined, undefined, (demo) => {
    const watch = demo.watch.bind(demo);
    demo.watch = async (push) => {
      await new Promise((done) => globalThis.setTimeout(done, 200));
      demo.offline(2, 37);
      await watch(push);
    };
  });
  await window.sees('link');
  expect(await window.at('link').getAttribute('data-waiting')).toBe('37');
});
