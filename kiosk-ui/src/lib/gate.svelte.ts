import { getContext, setContext, tick } from 'svelte';

import { Refused, type Backend } from './backend/backend';
import type { Alert } from './backend/bindings/Alert';
import type { Desk } from './backend/bindings/Desk';
import type { Screen } from './backend/bindings/Screen';
import type { ShownVerdict } from './backend/bindings/ShownVerdict';
import type { Strip } from './backend/bindings/Strip';
import type { Touch } from './backend/bindings/Touch';
import type { TouchError } from './backend/bindings/TouchError';
import type { TypePolicy } from './backend/bindings/TypePolicy';
import { Bounce } from './input/bounce';
import { focusFirst } from './input/focus';
import { Keys } from './input/keys';
import { isSettling } from './input/settle';
import { draftOf, worthKeeping, type Draft, type Kind, type Page } from './page';
import { LocalTime, ms, ownOffsetMin } from './time';
import { languages } from './words/languages';
import { said } from './words/say';

/** How often countdowns are redrawn, in milliseconds. */
const TICK = 200;
/** After this long without a touch a page goes home, in milliseconds. */
const IDLE = 45_000;
/** How long a touch's failure is told, in milliseconds. */
const NOTICE = 5_000;
/** After this long a kiosk that was not heard is asked again, in milliseconds. */
const ASK_AGAIN = 1_000;
/** How many unsent walk-ins the tray keeps: two pages. */
const DRAFTS = 32;

/** What is done without a word in the journal: that it was done does not show that the disk takes any. */
const UNWRITTEN = new Set<Touch['touch']>([
  'enrol_typed',
  'enrol_retry',
  'enrol_cancel',
  'still_here',
  'close_verdict',
  'acknowledge_alarm',
  'try_now',
  'set_language',
  'set_theme',
]);

/** Everything a component may need: the kiosk's state, the time, the words, and which page is open. */
export class Gate {
  /** The kiosk's state; `null` until it first spoke. */
  screen = $state.raw<Screen | null>(null);
  /** Whether the kiosk was asked and did not answer, before it first spoke. */
  unheard = $state(false);
  /** Whether the last of what was to be recorded could not be. */
  #writeFailed = $state(false);
  /** The kiosk's time, counted on from its last word, in milliseconds. */
  now = $state(0);
  /** The page that is open. */
  page = $state<Page>({ at: 'home' });
  /** Walk-ins begun and left. */
  drafts = $state<Draft[]>([]);
  /** Why the last touch or look did nothing. */
  notice = $state.raw<TouchError | 'failed' | null>(null);

  readonly keys = new Keys();
  readonly #bounce = new Bounce();

  #heardAt = 0;
  #touchedAt = performance.now();
  #noticeAt = 0;
  #draftIds = 0;
  #byKeyboard = false;

  constructor(readonly backend: Backend) {
    void this.#begin();
    setInterval(() => this.#tick(), TICK);
  }

  /** The state at work; `null` in every other stage. */
  readonly desk = $derived<Desk | null>(this.screen?.stage.stage === 'desk' ? this.screen.stage : null);
  /** Whether this gate is for leaving: nobody is asked for who would come in here. */
  readonly onlyOut = $derived(this.desk?.gate.kind === 'EXIT');
  /** What calls for somebody: also alarms that ring while the gate does not open. */
  readonly alerts = $derived.by<Alert[]>(() => {
    const stage = this.screen?.stage;
    return stage?.stage === 'starting' ? stage.alarms : (this.desk?.alerts ?? []);
  });
  readonly language = $derived(this.screen?.language ?? 'en');
  readonly words = $derived(languages[this.language].words);
  readonly local = $derived(new LocalTime(this.#utcOffsetMin(), this.now));
  readonly said = $derived(said(this.words, this.local));
  /** The verdict, until it clears. */
  readonly verdict = $derived<ShownVerdict | null>(this.#unlessCleared(this.desk?.verdict ?? null));
  /** The alert that stands over every page and verdict until it was seen. */
  readonly alert = $derived<Alert | null>(this.alerts.find((each) => each.alarm) ?? this.alerts[0] ?? null);
  /** The strips, until they clear. */
  readonly strips = $derived<Strip[]>((this.desk?.strips ?? []).filter((strip) => this.#stays(strip)));
  /** Whether nothing can be recorded now, as far as is known: nothing that happens is told to anybody then. */
  readonly unrecorded = $derived(
    this.#writeFailed || this.strips.some((strip) => strip.kind.is === 'not_recorded'),
  );
  /** Whether the server would be told at once of what happens now. */
  readonly tells = $derived(this.desk?.link.contact.is === 'online' && !this.unrecorded);
  /** Whether what happened may not have been told to anybody yet. */
  readonly untold = $derived(
    this.unrecorded || (this.desk?.link.contact.is === 'offline' && this.desk.link.waiting > 0),
  );
  /** Whether there is a picture to take. */
  readonly seeing = $derived(this.screen?.camera.state.is === 'looking');
  readonly night = $derived.by(() => {
    const theme = this.screen?.theme ?? 'auto';
    const hour = this.local.hour();
    return theme === 'auto' ? hour < 6 || hour >= 18 : theme === 'night';
  });

  /** Does an act. Says whether it was done; if not, the notice says why. */
  async touch(touch: Touch): Promise<boolean> {
    return (await this.attempt(touch)) === null;
  }

  /** Does an act and gives back why it was not done, besides showing it; `null` if it was. */
  async attempt(touch: Touch): Promise<TouchError | 'failed' | null> {
    try {
      await this.backend.touch(touch);
      this.notice = null;
      if (!UNWRITTEN.has(touch.touch)) this.#writeFailed = false;
      return null;
    } catch (thrown) {
      return this.#failed(thrown);
    }
  }

  /** Gives back what was looked for; `null` where the look failed, and the notice says why. */
  async look<T>(found: Promise<T>): Promise<T | null> {
    try {
      return await found;
    } catch (thrown) {
      this.#failed(thrown);
      return null;
    }
  }

  /** Takes a photo and gives its name back; if none was taken, the notice says why. */
  async takePhoto(): Promise<string | null> {
    const photo = await this.look(this.backend.takePhoto());
    if (photo !== null) this.notice = null;
    return photo;
  }

  /** Opens a page. A walk-in left half-way is kept. */
  go(page: Page): void {
    this.#keepDraft(page);
    this.page = page;
    if (page.at !== 'home') this.notice = null;
    if (this.#byKeyboard && this.verdict === null) void tick().then(() => focusFirst(document));
  }

  home(): void {
    this.go({ at: 'home' });
  }

  /** Opens a new walk-in. */
  walkin(kind: Kind, company: string | null = null): void {
    this.go({ at: 'walkin', draft: draftOf((this.#draftIds += 1), kind, company) });
  }

  /** Opens a walk-in that was left. */
  resume(draft: Draft): void {
    this.drafts = this.drafts.filter((other) => other.id !== draft.id);
    this.go({ at: 'walkin', draft });
  }

  /** Forgets a walk-in, open or left meanwhile: it was sent, or is not wanted. */
  dropDraft(id: number): void {
    this.drafts = this.drafts.filter((other) => other.id !== id);
    if (this.page.at === 'walkin' && this.page.draft.id === id) this.page = { at: 'home' };
  }

  /** What the form of a type asks for. */
  policy(kind: Kind): TypePolicy {
    return (
      this.desk?.forms.types.find((policy) => policy.kind === kind) ?? {
        kind,
        required: [],
        optional: ['name', 'phone', 'plate'],
        override_allowed: false,
      }
    );
  }

  /** Whether a click is a touch of its own, not the bounce of the one before, and meant for what it fell upon. */
  counts(event: MouseEvent): boolean {
    const byKey = event.detail === 0;
    const remPx = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const touch = { x: event.clientX, y: event.clientY, at: performance.now(), what: nameOf(event.target) };
    const own = byKey || this.#bounce.counts(touch, remPx);
    return own && !isSettling(event.target);
  }

  /** Whether the last input came from a keyboard. */
  get keyboardInUse(): boolean {
    return this.#byKeyboard;
  }

  /** Somebody is there: the idle time begins anew. */
  stir(byKeyboard: boolean): void {
    this.#touchedAt = performance.now();
    this.#byKeyboard = byKeyboard;
  }

  /** The community's at work; before and after that there is only this machine's. */
  #utcOffsetMin(): number {
    return this.screen?.stage.stage === 'desk' ? this.screen.utc_offset_min : ownOffsetMin(this.now);
  }

  #failed(thrown: unknown): TouchError | 'failed' {
    const why = thrown instanceof Refused ? thrown.why : 'failed';
    this.notice = why;
    if (why !== 'failed' && why.code === 'not_recorded') this.#writeFailed = true;
    this.#noticeAt = performance.now();
    return why;
  }

  /** Listens first and asks then, so that no change between the two is missed; until both were done. */
  async #begin(listening = false): Promise<void> {
    try {
      if (!listening) await this.backend.watch((screen) => this.#hear(screen));
      listening = true;
      this.#hear(await this.backend.screen());
      this.unheard = false;
    } catch {
      this.unheard = this.screen === null;
      setTimeout(() => void this.#begin(listening), ASK_AGAIN);
    }
  }

  #hear(screen: Screen): void {
    if (this.screen !== null && screen.push < this.screen.push) return;
    this.screen = screen;
    this.#heardAt = performance.now();
    this.now = ms(screen.now);
  }

  #tick(): void {
    const at = performance.now();
    if (this.screen !== null) this.now = ms(this.screen.now) + (at - this.#heardAt);
    if (this.notice !== null && at - this.#noticeAt > NOTICE) this.notice = null;
    if (this.page.at !== 'home' && at - this.#touchedAt > IDLE) this.home();
  }

  #keepDraft(next: Page): void {
    if (this.page.at !== 'walkin') return;
    const draft = $state.snapshot(this.page.draft) as Draft;
    if (next.at === 'walkin' && next.draft.id === draft.id) return;
    if (worthKeeping(draft)) this.drafts = [...this.drafts, draft].slice(-DRAFTS);
  }

  #stays(shown: { clears_at: string | null }): boolean {
    return shown.clears_at === null || ms(shown.clears_at) > this.now;
  }

  #unlessCleared(shown: ShownVerdict | null): ShownVerdict | null {
    return shown !== null && this.#stays(shown) ? shown : null;
  }
}

const KEY = Symbol('gate');

/** Puts a gate over `backend` before the component's children. */
export function provideGate(backend: Backend): Gate {
  return setContext(KEY, new Gate(backend));
}

/** The gate this component is drawn for. */
export function useGate(): Gate {
  return getContext<Gate>(KEY);
}

function nameOf(target: EventTarget | null): string | null {
  return target instanceof Element
    ? (target.closest('[data-testid]')?.getAttribute('data-testid') ?? null)
    : null;
}
