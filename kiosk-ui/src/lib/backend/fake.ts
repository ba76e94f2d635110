import { Refused, type Backend } from './backend';
import type { GuardTile } from './bindings/GuardTile';
import type { InsidePage } from './bindings/InsidePage';
import type { InsideTab } from './bindings/InsideTab';
import type { AlertKind } from './bindings/AlertKind';
import type { Screen } from './bindings/Screen';
import type { StripKind } from './bindings/StripKind';
import type { SyncPage } from './bindings/SyncPage';
import type { Touch } from './bindings/Touch';
import type { TouchError } from './bindings/TouchError';
import type { Trouble } from './bindings/Trouble';
import type { UnitRef } from './bindings/UnitRef';
import { flatsOf, floors, guards, towers, units } from './fake/community';
import { enrolmentAt } from './fake/enrolment';
import { face } from './fake/faces';
import { scene } from './fake/scene';
import { INDIA } from './fake/start';
import { act } from './fake/touches';
import { verdictOf, type Scan } from './fake/verdicts';
import { World } from './fake/world';

/** A gate made up in the browser: believable enough to develop the screen on and to count touches with. */
export class FakeGate implements Backend {
  /** Every touch that was made, for tests to count. */
  readonly touches: Touch[] = [];

  readonly #world: World;
  #photos = 0;
  #refusal: TouchError | null = null;
  #watchers: ((screen: Screen) => void)[] = [];

  constructor(params = new URLSearchParams()) {
    this.#world = new World(params);
  }

  // What the window calls.

  async screen(): Promise<Screen> {
    return structuredClone(this.#world.screen);
  }

  async watch(push: (screen: Screen) => void): Promise<void> {
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
    return this.#world.page(search, tab, page);
  }

  async guards(): Promise<GuardTile[]> {
    return guards.map((guard) => ({
      ...guard,
      locked_until: guard.id === 'guard-imran' ? this.#world.at(9 * 60_000) : null,
    }));
  }

  async sync(): Promise<SyncPage> {
    const { desk, screen } = this.#world;
    return {
      link: desk.link,
      sent: 18_204,
      oldest_waiting: desk.link.waiting === 0 ? null : this.#world.at(-2 * 3_600_000),
      last_contact: desk.link.list_as_of,
      time: desk.time,
      camera: screen.camera,
      disk_free_mib: 48_300,
      keys: 'tpm',
      server: 'gate.palmmeadows.example',
      kiosk_number: '4071',
      version: '0.1.0',
    };
  }

  frame(n: number): string {
    return scene(n);
  }

  async takePhoto(): Promise<string> {
    if (this.#world.screen.camera.state.is !== 'looking') throw new Refused({ code: 'no_picture' });
    this.#photos += 1;
    return `photo-${this.#photos}`;
  }

  photo(name: string): string {
    return face(name) ?? scene(0);
  }

  async touch(touch: Touch): Promise<void> {
    this.touches.push(touch);
    const refusal = this.#refusal;
    this.#refusal = null;
    try {
      if (refusal !== null) throw new Refused(refusal);
      act(this.#world, touch);
    } finally {
      this.#push();
    }
  }

  // What a demonstrator or a test calls.

  /** Holds something before the camera. */
  scan(scan: Scan): void {
    this.#world.show(verdictOf(scan, this.#world.now()));
    this.#push();
  }

  /** The household of the oldest open ask answers. */
  answer(yes: boolean): void {
    const open = ['waiting', 'unanswered'];
    const ask = this.#world.desk.asks.find((each) => open.includes(each.state.is));
    if (ask) ask.state = { is: yes ? 'approved' : 'denied', at: this.#world.at(0) };
    this.#push();
  }

  /** The oldest open ask was not answered in time. */
  unanswered(): void {
    const ask = this.#world.desk.asks.find((each) => each.state.is === 'waiting');
    if (ask) ask.state = { is: 'unanswered', since: this.#world.at(0) };
    this.#push();
  }

  /** The oldest open ask waited too long. */
  lapsed(): void {
    const ask = this.#world.desk.asks.find((each) => each.state.is !== 'lapsed');
    if (ask) ask.state = { is: 'lapsed', at: this.#world.at(0) };
    this.#push();
  }

  /** The network was cut that many hours ago. */
  offline(hours: number, waiting: number): void {
    const cut = this.#world.at(-hours * 3_600_000);
    this.#world.desk.link = {
      contact: { is: 'offline', since: cut },
      waiting,
      list_as_of: cut,
      freshness: 'aged',
    };
    this.#push();
  }

  /** The next touch is refused. */
  refuse(why: TouchError): void {
    this.#refusal = why;
  }

  /** A line appears across the screen. */
  strip(kind: StripKind): void {
    const { desk } = this.#world;
    const [at, clears_at] = [this.#world.at(0), this.#world.at(10_000)];
    desk.strips.unshift({ id: this.#world.next(), at, clears_at, kind });
    this.#push();
  }

  /** Something calls for somebody. */
  alert(kind: AlertKind): void {
    const id = `alert-${this.#world.next()}`;
    this.#world.desk.alerts.unshift({ id, at: this.#world.at(0), alarm: false, kind });
    this.#push();
  }

  /** The clock cannot be trusted. */
  unsureTime(): void {
    this.#world.desk.time = { is: 'unsure' };
    this.strip({ is: 'time_unsure' });
  }

  /** The camera is unplugged, or something is held badly before it. */
  camera(state: 'absent' | 'lost' | 'hold_still'): void {
    const { camera } = this.#world.screen;
    camera.guidance = state === 'hold_still' ? state : null;
    if (state === 'lost') camera.state = { is: 'lost', since: this.#world.at(0) };
    if (state === 'absent') camera.state = { is: 'absent' };
    this.#push();
  }

  /** Enrolment gets as far as `rung` and, with `trouble`, fails there. */
  enrol(rung: number, trouble: Trouble | null = null): void {
    this.#world.screen.stage = { stage: 'enrol', ...enrolmentAt(rung, trouble) };
    this.#push();
  }

  /** The gate's records do not open. */
  shut(trouble: Trouble): void {
    this.#world.screen.stage = { stage: 'starting', trouble, alarms: [] };
    this.#push();
  }

  /** Enrolled: the gate is at work. */
  enrolled(): void {
    this.#world.screen.stage = { stage: 'desk', ...this.#world.desk };
    this.#world.screen.utc_offset_min = INDIA;
    this.#push();
  }

  #push(): void {
    const { desk, screen } = this.#world;
    if (screen.stage.stage === 'desk') screen.stage = { stage: 'desk', ...desk };
    if (screen.stage.stage === 'starting') screen.stage.alarms = desk.alerts;
    screen.alarm = desk.alerts.some((alert) => alert.alarm);
    screen.push += 1;
    screen.now = this.#world.at(0);
    for (const watcher of this.#watchers) watcher(structuredClone(screen));
  }
}
