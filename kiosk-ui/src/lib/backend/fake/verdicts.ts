import type { Reason } from '../bindings/Reason';
import type { Verdict } from '../bindings/Verdict';
import { unit, who } from './community';

const guest = who({ name: 'Anjali Menon' });
const flat = unit('A', '12', '03');

/** One reason of each code, as a gate would give it at `now`. */
export function reasons(now: number): Reason[] {
  const at = (hours: number) => new Date(now + hours * 3_600_000).toISOString();
  return [
    { code: 'expired', at: at(-16) },
    { code: 'not_yet', from: at(30) },
    { code: 'wrong_day', weekdays: ['mon', 'wed', 'fri'] },
    { code: 'wrong_hour', from_min: 7 * 60, to_min: 9 * 60 + 30 },
    { code: 'revoked', at: at(-2) },
    { code: 'used_up', uses: 1, last: at(-1) },
    { code: 'forged' },
    { code: 'issuer_unknown' },
    { code: 'damaged' },
    { code: 'other_community' },
    { code: 'other_gate', gate: 'Gate 1' },
    { code: 'watch_list' },
    { code: 'unit_barred' },
    { code: 'unit_vacant' },
    { code: 'unit_unknown' },
    { code: 'lock_down' },
    { code: 'exit_only' },
    { code: 'live_needed' },
    { code: 'live_stale' },
    { code: 'wrong_code', tries_left: 4 },
    { code: 'code_used' },
    { code: 'too_many_tries', until: at(0.25) },
    { code: 'not_on_list', as_of: at(-1.5) },
    { code: 'row_needed' },
    { code: 'knowledge_too_old', as_of: at(-360) },
    { code: 'time_unsure' },
    { code: 'unknown_restriction' },
    { code: 'ask_always' },
    { code: 'denied' },
    { code: 'by_policy' },
  ];
}

/** What a scan may lead to. */
export type Scan =
  'admit' | 'helper' | 'exit' | 'already_in' | 'in_or_out' | 'ask' | 'step_up' | Reason['code'];

/** The verdict of a scan at `now`. */
export function verdictOf(scan: Scan, now: number): Verdict {
  const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
  switch (scan) {
    case 'admit':
      return { is: 'admit', event: `event-${now}`, who: guest, undo_until: at(1) };
    case 'helper':
      return {
        is: 'admit',
        event: `event-${now}`,
        who: who({
          kind: 'SERVICE',
          name: 'Lakshmi',
          photo: 'photo-pass',
          units: [unit('B', '7', '04'), unit('A', '12', '03')],
        }),
        undo_until: at(1),
      };
    case 'exit':
      return { is: 'exit', event: `event-${now}`, who: guest, entered: at(-95), undo_until: at(1) };
    case 'already_in':
      return { is: 'already_in', who: guest, entered: at(-1) };
    case 'in_or_out':
      return { is: 'in_or_out', who: guest, entered: at(-60 * 9), visit: 'visit-0' };
    case 'ask':
      return {
        is: 'ask_resident',
        reason: { code: 'not_on_list', as_of: at(-92) },
        who: guest,
        next: { next: 'ask', unit: flat },
      };
    case 'step_up':
      return {
        is: 'step_up',
        reason: { code: 'time_unsure' },
        who: guest,
        needs: ['photo', 'plate', 'spoken'],
        unit: flat,
      };
    default: {
      const reason = reasons(now).find((each) => each.code === scan) ?? { code: 'forged' };
      if (reason.code === 'issuer_unknown' || reason.code === 'damaged') {
        return { is: 'ask_resident', reason, who: null, next: { next: 'choose_unit' } };
      }
      const nobody = reason.code === 'forged' || reason.code === 'other_community';
      return {
        is: 'refuse',
        reason,
        who: nobody ? null : guest,
        next:
          reason.code === 'wrong_code'
            ? { next: 'code_again', unit: flat }
            : nobody
              ? { next: 'choose_unit' }
              : { next: 'ask', unit: flat },
      };
    }
  }
}

/** How long a verdict stays, in milliseconds. */
export function stays(verdict: Verdict): number {
  switch (verdict.is) {
    case 'admit':
    case 'exit':
      return 2_500;
    case 'refuse':
    case 'already_in':
      return 10_000;
    default:
      return 45_000;
  }
}
