import type { Language } from '../backend/bindings/Language';
import { en } from './en';
import { hi } from './hi';
import type { Words } from './words';

/** Every language of the window: its name in itself, and its words. */
export const languages: Record<Language, { name: string; words: Words }> = {
  en: { name: 'English', words: en },
  hi: { name: 'हिन्दी', words: hi },
};
