import type { AlertKind } from '../backend/bindings/AlertKind';
import type { Check } from '../backend/bindings/Check';
import type { EmergencyKind } from '../backend/bindings/EmergencyKind';
import type { Field } from '../backend/bindings/Field';
import type { Guidance } from '../backend/bindings/Guidance';
import type { InsideTab } from '../backend/bindings/InsideTab';
import type { KeyKeeping } from '../backend/bindings/KeyKeeping';
import type { NotAPass } from '../backend/bindings/NotAPass';
import type { OverrideReason } from '../backend/bindings/OverrideReason';
import type { Reason } from '../backend/bindings/Reason';
import type { TouchError } from '../backend/bindings/TouchError';
import type { Trouble } from '../backend/bindings/Trouble';
import type { Walkin } from '../backend/bindings/Walkin';
import type { Weekday } from '../backend/bindings/Weekday';

/** Instants and durations in a language's words. */
export interface Said {
  /** "18:00" today, "3 Nov 18:00" on another day. */
  time(instant: string): string;
  /** "10:42" of minutes after midnight. */
  minutes(minutes: number): string;
  /** "2 h", "5 min", "3 days": how long ago, roughly. */
  ago(instant: string): string;
  /** "2 h ago", "just now". */
  past(instant: string): string;
}

type VisitorKind = Walkin['kind'];
type OfReason = { [C in Reason['code']]: (reason: Extract<Reason, { code: C }>, said: Said) => string };
type OfTouchError = {
  [C in TouchError['code']]: (error: Extract<TouchError, { code: C }>, said: Said) => string;
};
type OfTrouble = { [C in Trouble['code']]: { what: string; remedy: string } };
type OfAlert = { [C in AlertKind['is']]: (alert: Extract<AlertKind, { is: C }>, said: Said) => string };

/**
 * Everything the window says, in one language. A new language is one file with an object of this type, and
 * its line in `languages.ts`. Digits are Latin in every language; times come ready-made in {@link Said}.
 */
export interface Words {
  months: readonly string[];
  weekdays: Record<Weekday, string>;
  minutes: (n: number) => string;
  hours: (n: number) => string;
  days: (n: number) => string;
  justNow: string;
  past: (ago: string) => string;
  dayAndTime: (day: number, month: string, time: string) => string;

  kinds: Record<VisitorKind, string>;
  subjects: { CHILD: string; GOODS: string };

  home: {
    code: string;
    inside: string;
    out: string;
    emergency: string;
    last: string;
    nothingYet: string;
    undo: string;
    undone: string;
    asked: string;
    nobodyWaits: string;
    showPass: string;
    signIn: string;
    draft: string;
    more: (n: number) => string;
    entered: string;
    left: string;
  };

  link: {
    allSent: string;
    waiting: (n: number) => string;
    offline: (ago: string) => string;
    offlineSinceStart: string;
    waitingToSend: (n: number) => string;
  };

  camera: {
    starting: string;
    absent: string;
    lost: string;
    useCode: string;
    files: string;
    guidance: Record<Guidance, string>;
  };

  verdict: {
    letIn: string;
    exit: string;
    stop: string;
    alreadyIn: string;
    inOrOut: string;
    in: string;
    out: string;
    askFlat: string;
    checkFirst: string;
    ask: (unit: string) => string;
    chooseFlat: string;
    codeAgain: string;
    close: string;
    undo: string;
    people: (n: number) => string;
    since: (time: string) => string;
    noEntryKnown: string;
    needPhoto: string;
    needPlate: string;
    needSpoken: string;
    takePhoto: string;
    enterPlate: string;
    unknownVisitor: string;
  };
  reasons: OfReason;

  tray: {
    ring: (number: string) => string;
    ringFlat: string;
    sixDigits: string;
    override: string;
    left: string;
    letIn: string;
    denied: string;
    waiting: string;
    unanswered: string;
    lapsed: string;
    notSent: string;
    rang: (when: string) => string;
    waitingAtGate: string;
    signInToOverride: string;
  };

  spoken: {
    title: string;
    read: string;
    kiosk: string;
    number: string;
    enter: string;
    triesLeft: (n: number) => string;
    none: string;
    ended: string;
    again: string;
  };

  override: { title: string; note: string; reasons: Record<OverrideReason, string> };

  walkin: {
    tower: string;
    floor: string;
    flat: string;
    typeIt: string;
    tiles: string;
    noMatch: string;
    noFlats: string;
    /** Units that stand in no tower, beside towers. */
    noTower: string;
    send: string;
    discard: string;
    addFlat: string;
    mostFlats: (n: number) => string;
    people: string;
    fields: Record<Field, string>;
    required: string;
    optional: string;
    /** How many of its digits a phone has. */
    digits: (there: number, of: number) => string;
    /** Why it cannot be sent. */
    lacks: (field: string) => string;
    noCab: string;
    company: string;
  };

  code: { title: string; six: string; rest: (seconds: number) => string; why: string };
  cab: { title: string; lastFour: string; notExpected: string };

  inside: {
    title: string;
    leaving: string;
    tabs: Record<InsideTab, string>;
    search: string;
    out: string;
    nobody: string;
    otherGate: (gate: string) => string;
    overstay: string;
    revoked: string;
    letters: string;
    page: (page: number, pages: number) => string;
  };

  signIn: {
    title: string;
    pin: (name: string) => string;
    signOut: string;
    onShift: (time: string) => string;
    locked: (time: string) => string;
    day: string;
    night: string;
    auto: string;
    noGuards: string;
  };

  enrol: {
    title: string;
    scan: string;
    scanMore: string;
    typeIt: string;
    server: string;
    code: string;
    go: string;
    retry: string;
    otherCode: string;
    connecting: (server: string) => string;
    checks: Record<Check, string>;
  };
  troubles: OfTrouble;

  sync: {
    title: string;
    sent: string;
    waiting: string;
    oldest: string;
    lastContact: string;
    listAge: string;
    clock: string;
    camera: string;
    disk: string;
    version: string;
    server: string;
    keys: string;
    kioskNumber: string;
    tryNow: string;
    trying: string;
    answered: string;
    never: string;
    none: string;
    within: (millis: number) => string;
    unsure: string;
    free: (gib: string) => string;
    looking: string;
    keeping: Record<KeyKeeping, string>;
  };

  emergency: {
    title: string;
    kinds: Record<EmergencyKind, string>;
    cancel: string;
    told: string;
    untold: string;
  };

  strips: {
    refused: string;
    notAPass: Record<NotAPass, string>;
    unattended: string;
    timeUnsure: string;
    lockDown: string;
    diskLow: string;
    loading: (percent: number | null) => string;
  };
  alerts: OfAlert;
  alarmSeen: string;
  alertSeen: string;
  /** Which of how many alerts this is. */
  alertsWait: (which: number, many: number) => string;
  errors: OfTouchError;
  failed: string;

  stages: { starting: string; retired: string; retiredMore: string; unheard: string; unheardMore: string };
  keys: { back: string; erase: string; space: string; done: string };
}
