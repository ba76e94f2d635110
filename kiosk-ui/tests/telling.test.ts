// The window does not say that something is done while it is not, and says what came of what was.
import { afterEach, expect, it } from 'vitest';

import { faults } from './look';
import { Window, withBrowser } from './window';

withBrowser();

let window: Window;
afterEach(async () => {
  expect(window.complaints).toEqual([]);
  await window.close();
});

const languages = [
  { language: 'en', told: 'The admins will be told', untold: 'Nobody is told yet: call for help' },
  { language: 'hi', told: 'एडमिन को ख़बर जाएगी', untold: 'अभी किसी को ख़बर नहीं: मदद बुलाएँ' },
];
const said = (id: string) => window.at(id).innerText();

it.each(languages)('an emergency says that nobody is told yet while offline: $language', async (words) => {
  window = await Window.open(`language=${words.language}`);
  await window.touch('emergency');
  expect(await said('who-is-told')).toBe(words.told);
  await window.page.evaluate(() => globalThis.window.demo.offline(2, 37));
  await window.pass(250);
  expect(await said('who-is-told')).toBe(words.untold);
  expect(await window.page.evaluate(faults)).toEqual([]);
  await window.touch('emergency-fire');
  expect(await said('alert')).toContain(words.untold);
  expect(await window.page.evaluate(faults)).toEqual([]);
});

it.each(languages)(
  'an emergency says so while nothing is recorded, however long: $language',
  async (words) => {
    window = await Window.open(`language=${words.language}`);
    await window.page.evaluate(() => {
      const { demo } = globalThis.window;
      const touch = demo.touch.bind(demo);
      // The alarm rings, and its event was not written.
      demo.touch = async (made) => {
        demo.touch = touch;
        await touch(made);
        demo.refuse({ code: 'not_recorded' });
        await touch({ touch: 'try_now' });
      };
    });
    await window.touch('emergency', 'emergency-medical');
    await window.sees('notice');
    expect(await said('who-is-told')).toBe(words.untold);
    await window.pass(6_000);
    expect(await said('who-is-told')).toBe(words.untold);
    expect(await said('alert')).toContain(words.untold);
    expect(await window.page.evaluate(faults)).toEqual([]);
    await window.touch('no-emergency');
    expect(await said('alert')).toContain(words.untold);
    await window.touch('company-Zomato', 'tower-A', 'floor-12', 'flat-03');
    expect(await said('alert')).not.toContain(words.untold);
  },
);

it('says nothing of it where the emergency was sent before the network was cut', async () => {
  window = await Window.open();
  await window.touch('emergency', 'emergency-fire');
  expect(await said('alert')).not.toContain('Nobody is told');
  await window.page.evaluate(() => globalThis.window.demo.offline(0, 0));
  await window.sees('alert-offline');
  expect(await said('alert')).not.toContain('Nobody is told');
});

it.each(['en', 'hi'])('an alert says how many wait behind it: %s', async (language) => {
  window = await Window.open(`language=${language}`);
  await window.page.evaluate(() => globalThis.window.demo.alert({ is: 'wrong_codes' }));
  await window.sees('alert');
  expect(await window.at('alert-count').count()).toBe(0);
  await window.page.evaluate(() => {
    const { demo } = globalThis.window;
    for (let more = 0; more < 5; more += 1) demo.alert({ is: 'clock_stepped', by_seconds: 90 });
    demo.offline(2, 37);
  });
  await window.sees('alert-count');
  expect(await said('alert-count')).toBe('1 / 6');
  await window.touch('emergency', 'emergency-fire');
  expect(await said('alert-count')).toBe('1 / 7');
  expect(await window.page.evaluate(faults)).toEqual([]);
  await window.touch('alert-seen');
  expect(await said('alert-count')).toBe('1 / 6');
});

it.each([
  {
    language: 'en',
    trying: 'Trying…',
    silent: 'The server does not answer',
    answered: 'The server answered',
  },
  { language: 'hi', trying: 'कोशिश हो रही है…', silent: 'सर्वर जवाब नहीं देता', answered: 'सर्वर ने जवाब दिया' },
])('TRY NOW says what came of it: $language', async ({ language, trying, silent, answered }) => {
  window = await Window.open(`language=${language}`);
  await window.page.evaluate(() => {
    const { demo } = globalThis.window;
    demo.offline(2, 37);
    demo.touch = async () => {};
  });
  await window.touch('link', 'try-now');
  expect(await said('try-now')).toBe(trying);
  expect(await window.at('try-now').isDisabled()).toBe(true);
  await window.pass(9_000);
  expect(await window.at('tried').count()).toBe(0);
  await window.pass(2_000);
  expect(await said('tried')).toBe(silent);
  expect(await window.page.evaluate(faults)).toEqual([]);
  await window.page.evaluate(() => Reflect.deleteProperty(globalThis.window.demo, 'touch'));
  await window.touch('try-now');
  await window.pass(600);
  expect(await said('tried')).toBe(answered);
  expect(await window.page.evaluate(faults)).toEqual([]);
});

it.each([
  {
    language: 'en',
    lacksPhone: 'Still missing: Phone',
    lacksName: 'Still missing: Name',
    send: 'Ask the flat',
  },
  { language: 'hi', lacksPhone: 'अभी बाकी: फ़ोन', lacksName: 'अभी बाकी: नाम', send: 'फ़्लैट से पूछें' },
])('a form says which field is lacking: $language', async ({ language, lacksPhone, lacksName, send }) => {
  window = await Window.open(`language=${language}`);
  const lacking = () =>
    window.page
      .locator('.lacking')
      .evaluateAll((fields) => fields.map((field) => (field as HTMLElement).dataset['testid']));
  await window.touch('kind-GUEST', 'tower-A', 'floor-12', 'flat-03');
  expect([await said('send'), await lacking()]).toEqual([send, []]);
  await window.type('98765');
  await window.touch('field-name');
  expect([await said('send'), await lacking()]).toEqual([lacksPhone, ['field-phone']]);
  expect(await said('field-phone')).toContain('5 / 10');
  expect(await window.page.evaluate(faults)).toEqual([]);
  await window.touch('field-phone');
  await window.type('43210');
  expect([await said('send'), await lacking()]).toEqual([send, []]);
  await window.touch('discard', 'kind-SERVICE', 'tower-A', 'floor-12', 'flat-03');
  expect([await said('send'), await lacking()]).toEqual([lacksName, ['field-name']]);
  expect(await window.page.evaluate(faults)).toEqual([]);
});
