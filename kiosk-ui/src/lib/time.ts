/** An RFC 3339 instant as milliseconds. */
export function ms(instant: string): number {
  return Date.parse(instant);
}

/** Whole seconds until an instant, at least 0, rounded up. */
export function secondsUntil(instant: string, now: number): number {
  return Math.max(0, Math.ceil((ms(instant) - now) / 1000));
}

/** "0:32" of a number of seconds. */
export function minutesSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "10:42" of minutes after midnight. */
export function hoursMinutes(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** What this machine's zone adds to UTC at an instant, in minutes. */
export function ownOffsetMin(instant: number): number {
  return -new Date(instant).getTimezoneOffset();
}

/** The community's local time: instants taken apart by its offset from UTC. */
export class LocalTime {
  constructor(
    private readonly offsetMin: number,
    /** Now, in milliseconds. */
    readonly now: number,
  ) {}

  #local(instant: number): Date {
    return new Date(instant + this.offsetMin * 60_000);
  }

  /** "10:42". */
  clock(instant: number): string {
    const local = this.#local(instant);
    return hoursMinutes(local.getUTCHours() * 60 + local.getUTCMinutes());
  }

  /** Hour of the day now, 0 to 23. */
  hour(): number {
    return this.#local(this.now).getUTCHours();
  }

  /** Day of the month and month (0 to 11), or `null` if it is today. */
  otherDay(instant: number): { day: number; month: number } | null {
    const local = this.#local(instant);
    const today = this.#local(this.now);
    if (local.toISOString().slice(0, 10) === today.toISOString().slice(0, 10)) return null;
    return { day: local.getUTCDate(), month: local.getUTCMonth() };
  }
}
