import type { Reason } from '../backend/bindings/Reason';
import type { AlertKind } from '../backend/bindings/AlertKind';
import type { TouchError } from '../backend/bindings/TouchError';
import type { Who } from '../backend/bindings/Who';
import { hoursMinutes, LocalTime, ms } from '../time';
import type { Said, Words } from './words';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Instants in a language's words, seen from a local time. */
export function said(words: Words, local: LocalTime): Said {
  function ago(instant: string): string {
    const past = local.now - ms(instant);
    if (past < MINUTE) return words.justNow;
    if (past < HOUR) return words.minutes(Math.floor(past / MINUTE));
    if (past < 2 * DAY) return words.hours(Math.floor(past / HOUR));
    return words.days(Math.floor(past / DAY));
  }

  return {
    time(instant) {
      const at = ms(instant);
      const other = local.otherDay(at);
      const clock = local.clock(at);
      return other === null ? clock : words.dayAndTime(other.day, words.months[other.month] ?? '', clock);
    },
    minutes: hoursMinutes,
    ago,
    past: (instant) => (local.now - ms(instant) < MINUTE ? words.justNow : words.past(ago(instant))),
  };
}

/** Somebody in one line: the door they go to, and their name where it is known. */
export function whom(who: Who): string {
  return [who.units[0]?.label, who.name ?? who.company].filter(Boolean).join(' · ');
}

/** A reason in words. A code this window does not know says that something is not known here. */
export function sayReason(words: Words, reason: Reason, times: Said): string {
  const say = words.reasons[reason.code] as ((reason: Reason, said: Said) => string) | undefined;
  return say === undefined
    ? words.reasons.unknown_restriction({ code: 'unknown_restriction' }, times)
    : say(reason, times);
}

/** An alert in words. */
export function sayAlert(words: Words, alert: AlertKind, times: Said): string {
  return (words.alerts[alert.is] as (alert: AlertKind, said: Said) => string)(alert, times);
}

/** Why a touch did nothing, in words. */
export function sayError(words: Words, error: TouchError | 'failed', times: Said): string {
  if (error === 'failed') return words.failed;
  return (words.errors[error.code] as (error: TouchError, said: Said) => string)(error, times);
}
