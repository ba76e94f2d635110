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
  mount(App, { target, props: { backend } });
}
