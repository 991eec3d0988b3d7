/** A moment as a calendar and a clock on the wall tell it. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  /** Year and number of the week, by ISO 8601. */
  readonly weekYear: number;
  readonly week: number;
  /** Orders moments; milliseconds. */
  readonly stamp: number;
}

/** What the wall says at a moment in milliseconds since 1970; in a zone such as `Europe/Berlin`, or this machine's. */
export function wallClock(moment: number, zone?: string): WallTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', hourCycle: 'h23' },
    ...(zone === undefined ? {} : { timeZone: zone }),
  });
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return toWallTime({ year: part('year'), month: part('month'), day: part('day'), hour: part('hour') }, moment);
}

/** Adds what follows from a date. */
export function toWallTime(date: Pick<WallTime, 'year' | 'month' | 'day' | 'hour'>, stamp: number): WallTime {
  const thursday = new Date(Date.UTC(date.year, date.month - 1, date.day));
  thursday.setUTCDate(thursday.getUTCDate() - ((thursday.getUTCDay() + 6) % 7) + 3);
  const weekYear = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(weekYear, 0, 1)) / 604_800_000);
  return { ...date, weekYear, week, stamp };
}
