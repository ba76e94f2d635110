import { FakeGate } from './lib/backend/fake';
import { open } from './lib/open';

declare global {
  interface Window {
    /** The made-up gate, for a developer's console and for tests. */
    demo: FakeGate;
  }
}

window.demo = new FakeGate(new URLSearchParams(location.search));
open(window.demo);
