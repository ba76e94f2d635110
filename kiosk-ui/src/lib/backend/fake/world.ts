import { Refused } from '../backend';
import type { AskCard } from '../bindings/AskCard';
import type { Desk } from '../bindings/Desk';
import type { InsidePage } from '../bindings/InsidePage';
import type { InsideRow } from '../bindings/InsideRow';
import type { InsideTab } from '../bindings/InsideTab';
import type { Screen } from '../bindings/Screen';
import type { Verdict } from '../bindings/Verdict';
import type { Who } from '../bindings/Who';
import { forms } from './community';
import { deskThen, insideThen, screenThen } from './start';
import { stays } from './verdicts';

/** When the demo begins: 10:42 on a Sunday in India. */
const BEGINS = Date.parse('2026-11-22T05:12:00Z');
const ROWS = 7;
const UNDO_ASK = 3_000;
const ANSWER_WITHIN = 45_000;
const LAPSES = 600_000;

/** The made-up gate's state, and how people change it who come, wait and pass. */
export class World {
  desk: Desk;
  screen: Screen;
  inside: InsideRow[];
  #numbers = 0;
  readonly #begun = Date.now();

  constructor(params: URLSearchParams) {
    const at = (fromNow: number) => this.at(fromNow);
    this.inside = insideThen(at);
    this.desk = deskThen(at, params);
    this.screen = screenThen(at, this.desk, params);
  }

  /** The demo's time, in milliseconds. */
  now(): number {
    return BEGINS + (Date.now() - this.#begun);
  }

  /** The time so many milliseconds from now. */
  at(fromNow: number): string {
    return new Date(this.now() + fromNow).toISOString();
  }

  /** A number that was not given before. */
  next(): number {
    return (this.#numbers += 1);
  }

  /** A page of who is inside. */
  page(search: string, tab: InsideTab, page: number): InsidePage {
    const wanted = search.toLowerCase();
    const rows = this.inside.filter((row) =>
      wanted === ''
        ? tab === 'today' || (tab === 'delivery' ? row.who.kind === 'DELIVERY' : row.overstay)
        : [row.who.name, row.who.company, row.who.plate, row.who.units[0]?.label].some((text) =>
            text?.toLowerCase().includes(wanted),
          ),
    );
    const pages = Math.max(1, Math.ceil(rows.length / ROWS));
    const at = Math.min(page, pages - 1);
    return { rows: rows.slice(at * ROWS, (at + 1) * ROWS), page: at, pages, total: rows.length };
  }

  /** Puts a verdict on the screen, with all that follows from it. */
  show(verdict: Verdict): void {
    const until = this.at(stays(verdict));
    this.desk.verdict = { id: this.next(), at: this.at(0), clears_at: until, verdict };
    if (verdict.is === 'admit' || verdict.is === 'exit') {
      this.desk.last = {
        event: verdict.event,
        direction: verdict.is === 'admit' ? 'ENTRY' : 'EXIT',
        at: this.at(0),
        who: verdict.who,
        undo_until: verdict.undo_until,
      };
      this.desk.inside += verdict.is === 'admit' ? 1 : -1;
    }
    if (verdict.is === 'refuse') {
      this.desk.strips.unshift({
        id: this.next(),
        at: this.at(0),
        clears_at: this.at(70_000),
        kind: { is: 'refused', reason: verdict.reason, who: verdict.who },
      });
    }
  }

  /** Lets somebody in. */
  admit(about: Who): void {
    this.show({ is: 'admit', event: `event-${this.next()}`, who: about, undo_until: this.at(60_000) });
  }

  /** Lets somebody out who is on the list. */
  out(visit: string): void {
    const row = this.inside.find((each) => each.visit === visit);
    if (row === undefined) throw new Refused({ code: 'gone' });
    this.inside = this.inside.filter((each) => each !== row);
    this.desk.inside -= 1;
    this.desk.last = {
      event: `event-${this.next()}`,
      direction: 'EXIT',
      at: this.at(0),
      who: row.who,
      undo_until: this.at(60_000),
    };
  }

  /** Asks a household. */
  ask(about: Who): void {
    this.desk.asks.push({
      id: `ask-${this.next()}`,
      who: about,
      asked_at: this.at(0),
      lapses_at: this.at(LAPSES),
      undo_until: this.at(UNDO_ASK),
      sent: this.desk.link.contact.is === 'online',
      state: { is: 'waiting', until: this.at(ANSWER_WITHIN) },
      spoken: null,
      rang_at: null,
      override_allowed: forms.types.some((type) => type.kind === about.kind && type.override_allowed),
    });
  }

  /** A card of the tray. */
  card(id: string): AskCard {
    const card = this.desk.asks.find((each) => each.id === id);
    if (card === undefined) throw new Refused({ code: 'gone' });
    return card;
  }

  /** Takes a card from the tray. */
  take(id: string): AskCard {
    const card = this.card(id);
    this.desk.asks = this.desk.asks.filter((each) => each !== card);
    return card;
  }
}
