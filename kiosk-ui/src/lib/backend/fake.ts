import { Refused, type Backend } from './backend';
import type { AskCard } from './bindings/AskCard';
import type { Desk } from './bindings/Desk';
import type { Enrolment } from './bindings/Enrolment';
import type { GuardTile } from './bindings/GuardTile';
import type { InsidePage } from './bindings/InsidePage';
import type { InsideRow } from './bindings/InsideRow';
import type { InsideTab } from './bindings/InsideTab';
import type { Screen } from './bindings/Screen';
import type { StripKind } from './bindings/StripKind';
import type { SyncPage } from './bindings/SyncPage';
import type { Touch } from './bindings/Touch';
import type { TouchError } from './bindings/TouchError';
import type { Trouble } from './bindings/Trouble';
import type { UnitRef } from './bindings/UnitRef';
import type { Verdict } from './bindings/Verdict';
import type { Who } from './bindings/Who';
import {
  companies,
  flatsOf,
  floors,
  forms,
  guards,
  insideAtStart,
  pin,
  towers,
  units,
  who,
} from './fake/community';
import { scene } from './fake/scene';
import { stays, verdictOf, type Scan } from './fake/verdicts';

/** When the demo begins: 10:42 on a Sunday in India. */
const BEGINS = Date.parse('2026-11-22T05:12:00Z');
const ROWS = 7;
const UNDO_ASK = 3_000;
const ANSWER_WITHIN = 45_000;
const LAPSES = 600_000;

/** A gate made up in the browser: believable enough to develop the screen on and to count touches with. */
export class FakeGate implements Backend {
  /** Every touch that was made, for tests to count. */
  readonly touches: Touch[] = [];

  #desk: Desk;
  #screen: Screen;
  #inside: InsideRow[];
  #watchers: ((screen: Screen) => void)[] = [];
  #numbers = 0;
  readonly #begun = Date.now();

  constructor(params = new URLSearchParams()) {
    this.#inside = insideAtStart.map((each, i) => ({
      visit: `visit-${i}`,
      who: each.who,
      entered: this.#at(-each.minutes * 60_000),
      other_gate: each.gate,
      overstay: each.overstay,
      revoked: i === 6,
    }));
    this.#desk = {
      gate: { id: 'gate-2', name: 'Gate 2', kind: 'BOTH', community: 'Palm Meadows' },
      guard: { id: 'guard-ramesh', name: 'Ramesh Yadav', since: this.#at(-3 * 3_600_000) },
      time: { is: 'trusted', within_ms: 40 },
      link: {
        contact: { is: 'online', since: this.#at(-7 * 3_600_000) },
        waiting: 0,
        list_as_of: this.#at(-2_000),
        freshness: 'fresh',
      },
      verdict: null,
      last: {
        event: 'event-0',
        direction: 'ENTRY',
        at: this.#at(-70_000),
        who: who({ name: 'Vikram Rao' }),
        undo_until: null,
      },
      asks: [],
      inside: this.#inside.length,
      strips: [],
      alerts: [],
      codes_wait_until: null,
      forms,
      companies,
    };
    this.#screen = {
      push: 0,
      now: this.#at(0),
      utc_offset_min: 330,
      language: params.get('language') === 'hi' ? 'hi' : 'en',
      theme: params.get('theme') === 'night' ? 'night' : params.get('theme') === 'day' ? 'day' : 'auto',
      camera: { source: 'device', state: { is: 'looking' }, guidance: null },
      cue: null,
      stage:
        params.get('stage') === 'enrol'
          ? { stage: 'enrol', step: 'waiting', trouble: null }
          : { stage: 'desk', ...this.#desk },
    };
  }

  // What the window calls.

  async screen(): Promise<Screen> {
    return structuredClone(this.#screen);
  }

  watch(push: (screen: Screen) => void): void {
    this.#watchers.push(push);
  }

  async towers(): Promise<string[]> {
    return towers;
  }

  async floors(_tower: string): Promise<string[]> {
    return floors;
  }

  async flats(tower: string, floor: string): Promise<UnitRef[]> {
    return flatsOf(tower, floor);
  }

  async findUnits(text: string): Promise<UnitRef[]> {
    const plain = (label: string) => label.replace(/[^\p{L}\d]/gu, '').toUpperCase();
    const wanted = plain(text);
    return units.filter((unit) => plain(unit.label).includes(wanted)).slice(0, 9);
  }

  async inside(search: string, tab: InsideTab, page: number): Promise<InsidePage> {
    const wanted = search.toLowerCase();
    const rows = this.#inside.filter((row) =>
      wanted === ''
        ? tab === 'today' || (tab === 'delivery' ? row.who.kind === 'DELIVERY' : row.overstay)
        : [row.who.name, row.who.company, row.who.plate, row.who.units[0]?.label].some((text) =>
            text?.toLowerCase().includes(wanted),
          ),
    );
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    return { rows: rows.slice(page * ROWS, (page + 1) * ROWS), page, pages, total: rows.length };
  }

  async guards(): Promise<GuardTile[]> {
    return guards.map((guard) => ({
      ...guard,
      locked_until: guard.id === 'guard-imran' ? this.#at(9 * 60_000) : null,
    }));
  }

  async sync(): Promise<SyncPage> {
    const { link, time } = this.#desk;
    return {
      link,
      sent: 18_204,
      oldest_waiting: link.waiting === 0 ? null : this.#at(-2 * 3_600_000),
      last_contact: link.list_as_of,
      time,
      camera: this.#screen.camera,
      disk_free_mib: 48_300,
      keys: 'machine',
      server: 'gate.palmmeadows.example',
      kiosk_number: '4071',
      version: '0.1.0',
    };
  }

  frame(n: number): string {
    return scene(n);
  }

  async touch(touch: Touch): Promise<void> {
    this.touches.push(touch);
    this.#do(touch);
    this.#push();
  }

  // What a demonstrator or a test calls.

  /** Holds something before the camera. */
  scan(scan: Scan): void {
    this.#show(verdictOf(scan, this.#now()));
    this.#push();
  }

  /** The household of the oldest open ask answers. */
  answer(yes: boolean): void {
    const ask = this.#desk.asks.find((each) => each.state.is === 'waiting' || each.state.is === 'unanswered');
    if (ask) ask.state = yes ? { is: 'approved', at: this.#at(0) } : { is: 'denied', at: this.#at(0) };
    this.#push();
  }

  /** The oldest open ask was not answered in time. */
  unanswered(): void {
    const ask = this.#desk.asks.find((each) => each.state.is === 'waiting');
    if (ask) ask.state = { is: 'unanswered', since: this.#at(0) };
    this.#push();
  }

  /** The network was cut that many hours ago. */
  offline(hours: number, waiting: number): void {
    this.#desk.link = {
      contact: { is: 'offline', since: this.#at(-hours * 3_600_000) },
      waiting,
      list_as_of: this.#at(-hours * 3_600_000),
      freshness: 'aged',
    };
    this.#push();
  }

  /** A line appears across the screen. */
  strip(kind: StripKind): void {
    this.#desk.strips.unshift({ id: this.#next(), at: this.#at(0), clears_at: this.#at(10_000), kind });
    this.#push();
  }

  /** The clock cannot be trusted. */
  unsureTime(): void {
    this.#desk.time = { is: 'unsure' };
    this.strip({ is: 'time_unsure' });
  }

  /** The camera is unplugged, or something is held badly before it. */
  camera(state: 'absent' | 'lost' | 'hold_still'): void {
    this.#screen.camera.guidance = state === 'hold_still' ? state : null;
    if (state === 'lost') this.#screen.camera.state = { is: 'lost', since: this.#at(0) };
    if (state === 'absent') this.#screen.camera.state = { is: 'absent' };
    this.#push();
  }

  /** Enrolment gets as far as `rung` and, with `trouble`, fails there. */
  enrol(rung: number, trouble: Trouble | null = null): void {
    const checks = ['network', 'name', 'secure', 'clock', 'code', 'loading'] as const;
    const enrolment: Enrolment = {
      step: 'checking',
      server: 'gate.palmmeadows.example',
      gate: rung > 4 ? 'Gate 2' : null,
      ladder: checks.map((check, i) => ({
        check,
        state:
          i < rung
            ? { is: 'passed' }
            : i > rung
              ? { is: 'waiting' }
              : trouble
                ? { is: 'failed', trouble }
                : { is: 'busy', percent: check === 'loading' ? 62 : null },
      })),
    };
    this.#screen.stage = { stage: 'enrol', ...enrolment };
    this.#tell();
  }

  /** Enrolled: the gate is at work. */
  enrolled(): void {
    this.#screen.stage = { stage: 'desk', ...this.#desk };
    this.#tell();
  }

  // What the kiosk would decide.

  #do(touch: Touch): void {
    switch (touch.touch) {
      case 'enrol_typed':
        return this.enrol(2);
      case 'enrol_retry':
        return this.enrol(5);
      case 'enrol_cancel':
        this.#screen.stage = { stage: 'enrol', step: 'waiting', trouble: null };
        return this.#tell();
      case 'sign_in':
        return this.#signIn(touch.guard, touch.pin);
      case 'sign_out':
        this.#desk.guard = null;
        this.#desk.strips = [
          { id: this.#next(), at: this.#at(0), clears_at: null, kind: { is: 'unattended' } },
        ];
        return;
      case 'walkin': {
        const known = units.filter((unit) => touch.units.includes(unit.id));
        const { kind, company, name, plate, people } = touch;
        this.#ask(who({ kind, company, name, plate, people, units: known }));
        return;
      }
      case 'undo_walkin':
      case 'left':
        this.#take(touch.ask);
        return;
      case 'let_in':
      case 'override':
        this.#admit(this.#take(touch.ask).who);
        return;
      case 'ring':
        this.#card(touch.ask).rang_at = this.#at(0);
        return;
      case 'spoken_start':
        this.#card(touch.ask).spoken = {
          kiosk_number: '4071',
          challenge: '5382',
          until: this.#at(300_000),
          tries_left: 3,
        };
        return;
      case 'spoken_answer': {
        const card = this.#card(touch.ask);
        if (touch.digits === '111111') card.state = { is: 'approved', at: this.#at(0) };
        else if (card.spoken)
          this.#refuse({ code: 'wrong_answer', tries_left: (card.spoken.tries_left -= 1) });
        return;
      }
      case 'code_submit':
        return this.#show(verdictOf(touch.digits === '123456' ? 'admit' : 'wrong_code', this.#now()));
      case 'cab_code':
        if (touch.digits !== '4821') this.#refuse({ code: 'no_cab_expected' });
        return this.#admit(who({ kind: 'TAXI', company: 'Uber', plate: 'KA 05 MJ 4821' }));
      case 'scanned':
        return this.#show(verdictOf('admit', this.#now()));
      case 'ask_unit':
        this.#desk.verdict = null;
        this.#ask(who({ name: 'Anjali Menon', units: units.filter((unit) => unit.id === touch.unit) }));
        return;
      case 'step_up':
        return this.#show(verdictOf('admit', this.#now()));
      case 'in_or_out':
        return this.#show(verdictOf(touch.direction === 'ENTRY' ? 'admit' : 'exit', this.#now()));
      case 'close_verdict':
        this.#desk.verdict = null;
        return;
      case 'people': {
        const shown = this.#desk.verdict;
        if (shown?.verdict.is === 'admit') {
          shown.verdict.who.people = touch.people;
          shown.clears_at = this.#at(4_000);
        }
        return;
      }
      case 'undo_entry':
        this.#desk.verdict = null;
        if (this.#desk.last) this.#desk.last.undo_until = null;
        return;
      case 'out': {
        const row = this.#inside.find((each) => each.visit === touch.visit);
        if (row === undefined) return this.#refuse({ code: 'gone' });
        this.#inside = this.#inside.filter((each) => each !== row);
        this.#desk.inside -= 1;
        this.#desk.last = {
          event: `event-${this.#next()}`,
          direction: 'EXIT',
          at: this.#at(0),
          who: row.who,
          undo_until: this.#at(60_000),
        };
        return;
      }
      case 'emergency':
        this.#desk.alerts.unshift({
          id: `alert-${this.#next()}`,
          at: this.#at(0),
          alarm: true,
          kind: { is: 'emergency', kind: touch.kind },
        });
        return;
      case 'acknowledge_alarm':
        this.#desk.alerts = this.#desk.alerts.filter((alert) => alert.id !== touch.alert);
        return;
      case 'try_now':
        this.#desk.link = {
          contact: { is: 'online', since: this.#at(0) },
          waiting: 0,
          list_as_of: this.#at(0),
          freshness: 'fresh',
        };
        return;
      case 'set_language':
        this.#screen.language = touch.language;
        return this.#tell();
      case 'set_theme':
        this.#screen.theme = touch.theme;
        return this.#tell();
    }
  }

  #signIn(guard: string, given: string): void {
    const found = guards.find((each) => each.id === guard);
    if (found === undefined || given !== pin) return this.#refuse({ code: 'wrong_pin', tries_left: 4 });
    this.#desk.guard = { ...found, since: this.#at(0) };
    this.#desk.strips = this.#desk.strips.filter((strip) => strip.kind.is !== 'unattended');
  }

  #ask(about: Who): void {
    this.#desk.asks.push({
      id: `ask-${this.#next()}`,
      who: about,
      asked_at: this.#at(0),
      lapses_at: this.#at(LAPSES),
      undo_until: this.#at(UNDO_ASK),
      sent: this.#desk.link.contact.is === 'online',
      state: { is: 'waiting', until: this.#at(ANSWER_WITHIN) },
      spoken: null,
      rang_at: null,
      override_allowed: forms.types.some((type) => type.kind === about.kind && type.override_allowed),
    });
  }

  #card(id: string): AskCard {
    const card = this.#desk.asks.find((each) => each.id === id);
    if (card === undefined) throw new Refused({ code: 'gone' });
    return card;
  }

  #take(id: string): AskCard {
    const card = this.#card(id);
    this.#desk.asks = this.#desk.asks.filter((each) => each !== card);
    return card;
  }

  #admit(about: Who): void {
    this.#show({ is: 'admit', event: `event-${this.#next()}`, who: about, undo_until: this.#at(60_000) });
  }

  #show(verdict: Verdict): void {
    const until = this.#at(stays(verdict));
    this.#desk.verdict = { id: this.#next(), at: this.#at(0), clears_at: until, verdict };
    if (verdict.is === 'admit' || verdict.is === 'exit') {
      this.#desk.last = {
        event: verdict.event,
        direction: verdict.is === 'admit' ? 'ENTRY' : 'EXIT',
        at: this.#at(0),
        who: verdict.who,
        undo_until: verdict.undo_until,
      };
      this.#desk.inside += verdict.is === 'admit' ? 1 : -1;
    }
    if (verdict.is === 'refuse') {
      this.#desk.strips.unshift({
        id: this.#next(),
        at: this.#at(0),
        clears_at: this.#at(70_000),
        kind: { is: 'refused', reason: verdict.reason, who: verdict.who },
      });
    }
  }

  #refuse(why: TouchError): never {
    this.#push();
    throw new Refused(why);
  }

  #now(): number {
    return BEGINS + (Date.now() - this.#begun);
  }

  #at(fromNow: number): string {
    return new Date(this.#now() + fromNow).toISOString();
  }

  #next(): number {
    return (this.#numbers += 1);
  }

  #push(): void {
    if (this.#screen.stage.stage !== 'enrol') this.#screen.stage = { stage: 'desk', ...this.#desk };
    this.#tell();
  }

  #tell(): void {
    this.#screen.push += 1;
    this.#screen.now = this.#at(0);
    for (const watcher of this.#watchers) watcher(structuredClone(this.#screen));
  }
}
