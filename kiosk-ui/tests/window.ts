import { existsSync } from 'node:fs';

import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { FakeGate } from '../src/lib/backend/fake';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll } from 'vitest';

/** When the tests' time stands still, in milliseconds: later than any page needs to load. */
const STARTED = 600_000;
/** In what strides a long time goes by, in milliseconds. */
const STRIDE = 1_000;
const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

let browser: Browser;
let server: ViteDevServer;

/** Starts the browser and the demo's server for the tests of a file. Fails where there is no Chromium. */
export function withBrowser(): void {
  beforeAll(async () => {
    const program = process.env['CHROMIUM'] ?? CHROMIUM.find((path) => existsSync(path));
    if (program === undefined) throw new Error("no Chromium found: install Debian's package `chromium`");
    server = await createServer({ logLevel: 'error', server: { port: 0, strictPort: false } });
    await server.listen();
    browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
}

/** The guard's screen over the made-up gate, in a real browser. */
export class Window {
  /** What the browser complained of. */
  readonly complaints: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.complaints.push(message.text());
    });
  }

  /**
   * Opens it on a machine in some zone; `query` as the demo understands it, by day unless it says otherwise. Time
   * stands still until {@link pass}. `changed` changes the made-up gate before the window asks it for anything.
   */
  static async open(
    query = '',
    size = { width: 1920, height: 1080 },
    zone = 'UTC',
    changed?: (demo: FakeGate) => void,
  ): Promise<Window> {
    const page = await browser.newPage({ viewport: size, hasTouch: true, timezoneId: zone });
    const window = new Window(page);
    await page.clock.install({ time: 0 });
    if (changed !== undefined)
      await page.addInitScript(`{
        const changed = ${changed.toString()};
        let demo;
        Object.defineProperty(window, 'demo', { get: () => demo, set: (made) => changed((demo = made)) });
      }`);
    await page.goto(`${server.resolvedUrls?.local[0] ?? ''}demo.html?${query}&theme=day`);
    await page.waitForSelector('[data-testid]');
    await page.evaluate(() => document.fonts.ready);
    await page.clock.pauseAt(STARTED);
    return window;
  }

  /** Lets time go by, timers running; of a long time all but the end in strides, as drawing each frame takes long. */
  async pass(millis: number): Promise<void> {
    let left = millis;
    for (; left > 2 * STRIDE; left -= STRIDE) await this.page.clock.fastForward(STRIDE);
    await this.page.clock.runFor(left);
  }

  /** An element by its name. */
  at(id: string): Locator {
    return this.page.locator(`[data-testid="${id}"]`);
  }

  /** Touches keys one after the other, as fast as a hand does that sees what it touches. */
  async touch(...keys: (string | Locator)[]): Promise<void> {
    for (const named of keys) {
      const key = typeof named === 'string' ? this.at(named).first() : named;
      await this.settled(key);
      await key.tap({ timeout: 30_000 });
      await this.pass(460);
    }
  }

  /** Lets time go by until a key takes touches. */
  async settled(key: Locator): Promise<void> {
    const settles = () => key.evaluate((key) => key.closest('[data-settling]') !== null);
    for (let tries = 0; await settles(); tries += 1) {
      if (tries === 50) throw new Error(`${key} takes no touches`);
      await this.pass(50);
    }
  }

  /** Puts a finger down in the middle of where a key is or was, whatever is there by now. */
  async tapAt(box: { x: number; y: number; width: number; height: number } | null): Promise<void> {
    if (box === null) throw new Error('the key is not drawn');
    await this.page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
  }

  /** Presses keys of the keyboard one after the other. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.pass(460);
    }
  }

  /** Types as a person does, slower than any hand scanner. */
  async type(text: string): Promise<void> {
    for (const key of text) {
      await this.page.keyboard.press(key === ' ' ? 'Space' : key);
      await this.pass(80);
    }
  }

  /** Types as a hand scanner does, key upon key. */
  async scan(text: string, ...ends: string[]): Promise<void> {
    await this.page.evaluate(
      (keys) => {
        for (const key of keys)
          document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      },
      [...text, ...ends],
    );
    await this.pass(200);
  }

  /** What the gate was told, as names of touches. */
  told(): Promise<string[]> {
    return this.page.evaluate(() => window.demo.touches.map((touch) => touch.touch));
  }

  /** Waits until an element is there. */
  async sees(id: string): Promise<void> {
    await this.at(id).first().waitFor({ state: 'visible', timeout: 30_000 });
  }

  /** Waits until an element is gone. */
  async misses(id: string): Promise<void> {
    await this.at(id).first().waitFor({ state: 'detached', timeout: 30_000 });
  }

  async close(): Promise<void> {
    await this.page.close();
  }
}
