import { mount } from 'svelte';

import App from '../App.svelte';
import '../app.css';
import '../fonts.css';
import type { Backend } from './backend/backend';
import { scaleToWindow } from './input/scale';
import { shutOut } from './input/shutout';

/** Draws the guard's screen over `backend`. */
export function open(backend: Backend): void {
  const target = document.getElementById('app');
  if (target === null) throw new Error('index.html has no #app');
  scaleToWindow(window);
  shutOut(document);
  // Texts are fitted to their boxes by measuring them: with the letters they will be drawn in.
  void Promise.allSettled([...document.fonts].map((font) => font.load())).then(() => {
    mount(App, { target, props: { backend } });
  });
}
