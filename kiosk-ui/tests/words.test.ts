// What the window says, in each language, without a browser.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { reasons } from '../src/lib/backend/fake/verdicts';
import { devanagari } from '../src/lib/keyboards/devanagari';
import { TypedKeys, type Typed } from '../src/lib/input/typed';
import { LocalTime } from '../src/lib/time';
import { languages } from '../src/lib/words/languages';
import { said, sayReason } from '../src/lib/words/say';

const NOW = Date.parse('2026-11-22T05:12:00Z');
const india = new LocalTime(330, NOW);

/** Every text of a language, by the path to it. */
function texts(of: object, path = ''): [string, unknown][] {
  return Object.entries(of).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? texts(value, `${path}.${key}`)
      : [[`${path}.${key}`, value]],
  );
}

describe.each(Object.entries(languages))('%s', (_, { words }) => {
  it('has a word for everything', () => {
    const empty = texts(words).filter(([, value]) => value === '' || value === undefined);
    expect(empty).toEqual([]);
  });

  it('gives every reason in words, and keeps to Latin digits', () => {
    for (const reason of reasons(NOW)) {
      const text = sayReason(words, reason, said(words, india));
      expect(text, reason.code).not.toBe('');
      expect(text, reason.code).not.toMatch(/[०-९]|undefined|null|NaN/);
    }
  });

  it('has something to say about a reason of a newer kiosk', () => {
    const newer = { code: 'full_moon' } as unknown as Parameters<typeof sayReason>[1];
    expect(sayReason(words, newer, said(words, india))).not.toBe('');
  });
});

describe('times', () => {
  const { time, ago, past } = said(languages.en.words, india);

  it('are the community’s, with the day when it is another one', () => {
    expect(time('2026-11-22T05:11:00Z')).toBe('10:41');
    expect(time('2026-11-21T12:30:00Z')).toBe('21 Nov 18:00');
    expect(time('2026-11-21T18:29:00Z')).toBe('21 Nov 23:59');
    expect(time('2026-11-21T18:30:00Z')).toBe('00:00');
  });

  it('are told roughly when they are past', () => {
    expect(ago('2026-11-22T05:11:30Z')).toBe('just now');
    expect(ago('2026-11-22T05:07:00Z')).toBe('5 min');
    expect(ago('2026-11-22T03:00:00Z')).toBe('2 h');
    expect(ago('2026-11-19T05:00:00Z')).toBe('3 days');
    expect(past('2026-11-22T05:11:30Z')).toBe('just now');
    expect(past('2026-11-22T05:07:00Z')).toBe('5 min ago');
    expect(said(languages.hi.words, india).past('2026-11-22T03:00:00Z')).toBe('2 घंटे पहले');
  });
});

describe('a keyboard', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('gives a person’s keys one by one, and a scanner’s as one text', () => {
    const heard: Typed[] = [];
    const keys = new TypedKeys((typed) => heard.push(typed));
    keys.take('g', 0);
    vi.advanceTimersByTime(60);
    keys.take('ArrowLeft', 60);
    for (const key of [...'GHR:123456:ABC', 'Enter']) keys.take(key, 70);
    expect(heard).toEqual([
      { is: 'key', key: 'g' },
      { is: 'key', key: 'ArrowLeft' },
      { is: 'scan', text: 'GHR:123456:ABC' },
    ]);
  });

  /** What is heard of keys that were pressed so many milliseconds after the one before. */
  function heardOf(pressed: readonly (readonly [string, number])[]): Typed[] {
    const heard: Typed[] = [];
    const keys = new TypedKeys((typed) => heard.push(typed));
    let at = 0;
    for (const [key, after] of pressed) {
      vi.advanceTimersByTime(after);
      keys.take(key, (at += after));
    }
    vi.advanceTimersByTime(1_000);
    return heard;
  }

  it('takes any burst for a scan, and the Enters after it with it', () => {
    const barcode = [...'8901234567890'].map((key) => [key, 8] as const);
    const scan = [{ is: 'scan', text: '8901234567890' }];
    expect(heardOf(barcode)).toEqual(scan);
    expect(heardOf([...barcode, ['Enter', 8], ['Enter', 8]])).toEqual(scan);
    expect(heardOf([...barcode, ['Enter', 150]])).toEqual(scan);
    expect(heardOf([...barcode, ['Enter', 400]])).toEqual([...scan, { is: 'key', key: 'Enter' }]);
  });

  it('ends a scan with Tab, and knows a Tab that ends none', () => {
    const heard: Typed[] = [];
    const keys = new TypedKeys((typed) => heard.push(typed));
    expect(keys.end()).toBe(false);
    [...'8901234567890'].forEach((key, i) => keys.take(key, i * 8));
    expect(keys.end()).toBe(true);
    expect(keys.end()).toBe(false);
    expect(heard).toEqual([{ is: 'scan', text: '8901234567890' }]);
  });

  it('takes six digits of a quick hand for keys, also where they waited in a queue', () => {
    const keys = [...'123456'].map((key) => ({ is: 'key', key }));
    expect(heardOf([...'123456'].map((key) => [key, 40] as const))).toEqual(keys);
    const heard: Typed[] = [];
    const typed = new TypedKeys((each) => heard.push(each));
    [...'123456'].forEach((key, i) => typed.take(key, i * 40));
    vi.advanceTimersByTime(1_000);
    expect(heard).toEqual(keys);
  });

  it('knows a scanner that holds Shift for its capitals', () => {
    const pressed = ['Shift', 'G', 'Shift', 'H', '1', 'Shift', ':', 'Shift', 'N', 'Enter'];
    expect(heardOf(pressed.map((key) => [key, 4] as const))).toEqual([{ is: 'scan', text: 'GH1:N' }]);
  });
});

describe('Devanagari', () => {
  const written = (keys: string) => [...keys].reduce((text, key) => devanagari.write(text, key), '');

  it('writes names as they are said: a vowel behind a consonant is its sign', () => {
    expect(written('रआमए' + 'श')).toBe('रामेश');
    expect(written('सउनईतआ')).toBe('सुनीता');
    expect(written('अनइल')).toBe('अनिल');
    expect(written('कऋष्ण')).toBe('कृष्ण');
    expect(written('फ़रहआ')).toBe('फ़रहा');
  });

  it('writes the vowel itself when its key is touched again', () => {
    expect(written('मउंबईई')).toBe('मुंबई');
    expect(written('सआई')).toBe('साई');
  });

  it('shows on each key what a touch will write', () => {
    expect(devanagari.shown('', 'ई')).toBe('ई');
    expect(devanagari.shown('क', 'ई')).toBe('की');
    expect(devanagari.shown('फ़', 'उ')).toBe('फ़ु');
    expect(devanagari.shown('', 'ं')).toBe('◌ं');
  });

  it('has every letter once and fits ten columns and five rows', () => {
    const letters = devanagari.rows.flat().filter((cap) => typeof cap === 'string');
    expect(new Set(letters).size).toBe(letters.length);
    expect(devanagari.rows.length).toBeLessThanOrEqual(5);
    for (const row of devanagari.rows) {
      const width = row.map((cap) => (typeof cap === 'string' ? 1 : (cap.wide ?? 1)));
      expect(width.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(10);
    }
  });
});
