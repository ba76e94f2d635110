import type { Desk } from '../bindings/Desk';
import type { InsideRow } from '../bindings/InsideRow';
import type { Screen } from '../bindings/Screen';
import { companies, forms, insideAtStart, who } from './community';

/** Gives the time so many milliseconds from now. */
type At = (fromNow: number) => string;

/** Who is inside when the demo begins. */
export function insideThen(at: At): InsideRow[] {
  return insideAtStart.map((each, i) => ({
    visit: `visit-${i}`,
    who: each.who,
    entered: at(-each.minutes * 60_000),
    other_gate: each.gate,
    overstay: each.overstay,
    revoked: i === 6,
  }));
}

/** The desk when the demo begins, at a gate for leaving if its address asks for one: `gate=exit`. */
export function deskThen(at: At, params: URLSearchParams): Desk {
  return {
    gate: {
      id: 'gate-2',
      name: 'Gate 2',
      kind: params.get('gate') === 'exit' ? 'EXIT' : 'BOTH',
      community: 'Palm Meadows',
    },
    guard: { id: 'guard-ramesh', name: 'Ramesh Yadav', photo: 'face-ramesh', since: at(-3 * 3_600_000) },
    time: { is: 'trusted', within_ms: 40 },
    link: {
      contact: { is: 'online', since: at(-7 * 3_600_000) },
      waiting: 0,
      list_as_of: at(-2_000),
      freshness: 'fresh',
    },
    verdict: null,
    last: {
      event: 'event-0',
      direction: 'ENTRY',
      at: at(-70_000),
      who: who({ name: 'Vikram Rao' }),
      undo_until: null,
    },
    asks: [],
    inside: insideAtStart.length,
    strips: [],
    alerts: [],
    codes_wait_until: null,
    forms,
    companies,
  };
}

/** What India's clocks are ahead of UTC, in minutes. */
export const INDIA = 330;

/** The window when the demo begins, as its address asks for: `stage`, `language`, `theme`. */
export function screenThen(at: At, desk: Desk, params: URLSearchParams): Screen {
  const theme = params.get('theme');
  return {
    push: 0,
    now: at(0),
    utc_offset_min: params.get('stage') === 'enrol' ? 0 : INDIA,
    language: params.get('language') === 'hi' ? 'hi' : 'en',
    theme: theme === 'night' || theme === 'day' ? theme : 'auto',
    camera: { source: 'device', state: { is: 'looking' }, guidance: null },
    cue: null,
    alarm: false,
    stage:
      params.get('stage') === 'enrol'
        ? { stage: 'enrol', step: 'waiting', trouble: null }
        : { stage: 'desk', ...desk },
  };
}
