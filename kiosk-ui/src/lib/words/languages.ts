import type { Language } from '../backend/bindings/Language';
import { devanagari } from '../keyboards/devanagari';
import type { Layout } from '../keyboards/layout';
import { en } from './en';
import { hi } from './hi';
import type { Words } from './words';

interface Spoken {
  /** Its name in itself. */
  name: string;
  words: Words;
  /** The letters of its names, where they are not Latin. */
  keyboard: Layout | null;
}

/** Every language of the window. */
export const languages: Record<Language, Spoken> = {
  en: { name: 'English', words: en, keyboard: null },
  hi: { name: 'हिन्दी', words: hi, keyboard: devanagari },
};
