import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCron } from './cron-times.ts';
import { parseDateText } from './parse-date-text.ts';
import { formatScheduleTime, parseTimeFormat, scheduleTimeFormat } from './parse-time-format.ts';

// A Wednesday.
const base = new Date(2026, 10, 4, 12, 30).getTime();

function read(text: string): string | undefined {
  const at = parseDateText(text, base);
  return at === undefined ? undefined : formatScheduleTime(at);
}

describe('parseDateText', () => {
  it.each([
    ['2017-11-29T16:05:06', '2017-11-29T16:05:06'],
    ['2017-11-29 16:05', '2017-11-29T16:05:00'],
    ['2017-11-29', '2017-11-29T00:00:00'],
    ['20171129T160506', '2017-11-29T16:05:06'],
    ['11/29/2017 4:00pm', '2017-11-29T16:00:00'],
    ['29/11/2017 4:00 PM', '2017-11-29T16:00:00'],
    ['11/29/17', '2017-11-29T00:00:00'],
    ['November 29, 2017 1:30pm', '2017-11-29T13:30:00'],
    ['29 Nov 2017 01:30', '2017-11-29T01:30:00'],
    ['Wed Nov 29 13:30:00 2017', '2017-11-29T13:30:00'],
    ['December 25 5pm', '2026-12-25T17:00:00'],
    ['5:00pm', '2026-11-04T17:00:00'],
    ['12am', '2026-11-04T00:00:00'],
    ['12pm', '2026-11-04T12:00:00'],
    ['8:00:30', '2026-11-04T08:00:30'],
    ['Wednesday 3:00pm', '2026-11-04T15:00:00'],
    ['Tuesday 5pm', '2026-11-10T17:00:00'],
    ['mon', '2026-11-09T00:00:00'],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  it('reads a zone', () => {
    expect(parseDateText('2017-11-29T16:05:06Z', base)).toBe(Date.UTC(2017, 10, 29, 16, 5, 6));
    expect(parseDateText('2017-11-29 16:05:06+02:00', base)).toBe(Date.UTC(2017, 10, 29, 14, 5, 6));
  });

  it.each(['', 'never', '25:00', '13pm', '5:61', '2017-02-30', '2017-13-01', 'foo 5pm', '1 2 3 4'])(
    'does not take %j for a date',
    (text) => {
      expect(read(text)).toBeUndefined();
    },
  );
});

describe('parseTimeFormat', () => {
  it.each([
    ['2017-11-29T16:05:06', scheduleTimeFormat, '2017-11-29T16:05:06'],
    ['29.11.2017, 04:05 PM', '%d.%m.%Y, %I:%M %p', '2017-11-29T16:05:00'],
    ['Nov 9 17', '%b %d %y', '2017-11-09T00:00:00'],
    ['100% at 12:00:01.5', '100%% at %H:%M:%S.%f', '1900-01-01T12:00:01'],
  ])('reads %s by %s', (text, format, expected) => {
    expect(formatScheduleTime(parseTimeFormat(text, format) ?? 0)).toBe(expected);
  });

  it.each([
    ['2017-11-29', scheduleTimeFormat],
    ['2017-02-30', '%Y-%m-%d'],
    ['2017-11-29', '%Y-%m-%d%q'],
    ['x2017', '%Y'],
  ])('does not read %s by %s', (text, format) => {
    expect(parseTimeFormat(text, format)).toBeUndefined();
  });
});

describe('parseCron', () => {
  const next = (line: string, from = base): string | undefined => {
    const at = parseCron(line)?.next(from);
    return at === undefined ? undefined : formatScheduleTime(at);
  };

  it.each([
    ['* * * * *', '2026-11-04T12:31:00'],
    ['*/15 * * * *', '2026-11-04T12:45:00'],
    ['30 12 * * *', '2026-11-05T12:30:00'],
    ['0 9-17/4 * * mon-fri', '2026-11-04T13:00:00'],
    ['0 22-2/2 * * *', '2026-11-04T22:00:00'],
    ['5,10 0 1 jan,jul *', '2027-01-01T00:05:00'],
    ['0 0 29 2 *', '2028-02-29T00:00:00'],
    ['0 0 13 * 5', '2026-11-06T00:00:00'],
    ['0 0 l * *', '2026-11-30T00:00:00'],
    ['0 0 * * fri#2', '2026-11-13T00:00:00'],
    ['0 0 * * 7', '2026-11-08T00:00:00'],
    ['0 0 * * l5', '2026-11-27T00:00:00'],
    ['0 0 * * lsun', '2026-11-29T00:00:00'],
    ['* * * * * */20', '2026-11-04T12:30:20'],
    ['@hourly', '2026-11-04T13:00:00'],
    ['@yearly', '2027-01-01T00:00:00'],
    ['0 0 30 2 *', undefined],
  ])('finds the next time of %s', (line, expected) => {
    expect(next(line)).toBe(expected);
  });

  it.each([
    '',
    '* * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '* * * 13 *',
    '* * * * 8',
    '*/0 * * * *',
    'a b c d e',
  ])('does not take %j for a cron line', (line) => {
    expect(parseCron(line)).toBeUndefined();
  });
});

describe('summer time', () => {
  const zone = process.env['TZ'];

  beforeEach(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });

  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  function nextTimes(line: string, after: Date, count: number): string[] {
    const found: string[] = [];
    for (let at: number | undefined = after.getTime(); found.length < count && at !== undefined;) {
      at = parseCron(line)?.next(at);
      if (at !== undefined) found.push(new Date(at).toISOString().slice(0, 16));
    }
    return found;
  }

  it('makes up for a time that does not exist right after the gap, once', () => {
    const start = new Date(2026, 2, 29, 0, 30);
    expect(nextTimes('30 2 * * *', start, 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30']);
    expect(nextTimes('0,20,40 2 * * *', start, 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:00']);
    expect(nextTimes('*/30 * * * *', new Date(2026, 2, 29, 1, 15), 2)).toEqual([
      '2026-03-29T00:30',
      '2026-03-29T01:00',
    ]);
  });

  it('runs in both of the hours that clocks show twice only for any hour', () => {
    const start = new Date(2026, 9, 25, 1, 45);
    expect(nextTimes('*/30 * * * *', start, 5)).toEqual([
      ...['2026-10-25T00:00', '2026-10-25T00:30', '2026-10-25T01:00', '2026-10-25T01:30', '2026-10-25T02:00'],
    ]);
    expect(nextTimes('30 2 * * *', start, 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
  });

  it('keeps a date that is read to the first of two such hours', () => {
    const at = parseDateText('2026-10-25 02:30', 0);
    expect(at === undefined ? undefined : new Date(at).toISOString()).toBe('2026-10-25T00:30:00.000Z');
  });
});
