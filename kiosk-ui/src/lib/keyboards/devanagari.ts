import type { Layout } from './layout';

/** Each vowel and the sign that stands for it behind a consonant; the first is in every consonant anyway. */
const signs: Record<string, string> = {
  अ: '',
  आ: 'ा',
  इ: 'ि',
  ई: 'ी',
  उ: 'ु',
  ऊ: 'ू',
  ऋ: 'ृ',
  ए: 'े',
  ऐ: 'ै',
  ओ: 'ो',
  औ: 'ौ',
};

/** A consonant at the end of a text, with its dot below where it has one. */
const CONSONANT = /[क-ह]़?$/u;

/**
 * Devanagari. A vowel touched behind a consonant is written as its sign, and the key shows the syllable that
 * will stand there; touched once more it becomes the letter itself ("मुंबी", "मुंबई").
 */
export const devanagari: Layout = {
  name: 'अआ',
  rows: [
    [...'अआइईउऊएऐओऔ'],
    [...'कखगघचछजझऋ', 'ं'],
    [...'टठडढणतथदधन'],
    [...'पफबभमयरलव', '्'],
    [{ does: 'switch' }, ...'शषसह', '़', 'ँ', { does: 'space', wide: 2 }, { does: 'erase' }],
  ],
  shown(text, letter) {
    const sign = signs[letter];
    const consonant = CONSONANT.exec(text)?.[0];
    if (sign !== undefined) return consonant === undefined || sign === '' ? letter : consonant + sign;
    return /\p{M}/u.test(letter) ? (consonant ?? '◌') + letter : letter;
  },
  write(text, letter) {
    const sign = signs[letter];
    if (sign === undefined || sign === '') return text + letter;
    if (CONSONANT.test(text)) return text + sign;
    return text.endsWith(sign) ? text.slice(0, -sign.length) + letter : text + letter;
  },
};
