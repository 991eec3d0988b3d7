import { createManualClock, type ManualClock } from '@brine/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { toValue, type Dict, type Plain } from '../value.ts';
import { createScheduler, type Scheduler, type SchedulerOptions } from './scheduler.ts';
import { formatScheduleTime } from './parse-time-format.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** A clock whose wall time can be put beside its monotonic time. */
interface PutClock extends ManualClock {
  put(milliseconds: number): void;
}

let clock: PutClock;
let fired: string[];
let running: number;

beforeEach(() => {
  clock = createPutClock(new Date(2026, 10, 2).getTime());
  fired = [];
  running = 0;
});

function createPutClock(start: number): PutClock {
  const manual = createManualClock(start);
  let shift = 0;
  return {
    ...manual,
    get pending() {
      return manual.pending;
    },
    now: () => manual.now() + shift,
    put: (milliseconds) => {
      shift += milliseconds;
    },
  };
}

function start(schedule: Plain, options: Partial<SchedulerOptions> = {}): Scheduler {
  const scheduler = createScheduler({
    clock,
    random: () => 0.5,
    run: ({ name, fun }) => fired.push(`${formatScheduleTime(clock.now()).slice(5)} ${name} ${fun}`),
    countRunning: () => running,
    findWhen: () => undefined,
    onError: (job, error) => fired.push(`${job}: ${error}`),
    ...options,
  });
  scheduler.setJobs(toValue(schedule) as Dict);
  return scheduler;
}

function times(name: string): string[] {
  return fired.filter((line) => line.split(' ')[1] === name).map((line) => line.split(' ')[0] ?? '');
}

const ping = { function: 'test.ping' };

describe('a simulated week', () => {
  it('runs each form at the times that the documentation says', () => {
    start({
      every: { ...ping, hours: 1, minutes: 30 },
      office: { ...ping, hours: 1, range: { start: '8:00am', end: '5:00pm' } },
      night: { ...ping, hours: 6, range: { invert: true, start: '8:00am', end: '5:00pm' } },
      dated: { ...ping, when: ['Monday 5:00pm', 'Wednesday 3:00pm', '11/7/2026 9:30am'] },
      daily: { ...ping, when: '5:00pm' },
      cron: { ...ping, cron: '*/20 6 * * 1-5' },
      once: { ...ping, once: '2026-11-04T05:06:07' },
      past: { ...ping, once: '2026-11-01T05:06:07' },
      splayed: { ...ping, days: 1, splay: 10 },
      between: { ...ping, days: 1, splay: { start: 100, end: 200 } },
      later: { ...ping, days: 1, after: '2026-11-05T00:30:00', until: '2026-11-07T12:00:00' },
      lunch: { ...ping, hours: 1, skip_during_range: { start: '12:00', end: '13:30' } },
      boot: { ...ping, days: 3, run_on_start: true },
      off: { ...ping, seconds: 1, enabled: false },
      idle: ping,
    });
    clock.advance(7 * day);
    const first = (name: string, count: number): string[] => times(name).slice(0, count);
    expect(times('every')).toHaveLength(112);
    expect(first('every', 3)).toEqual(['11-02T01:30:00', '11-02T03:00:00', '11-02T04:30:00']);
    expect(times('office')).toHaveLength(7 * 10);
    expect(first('office', 11).map((time) => time.slice(6))).toEqual([
      ...['08:00:00', '09:00:00', '10:00:00', '11:00:00', '12:00:00', '13:00:00', '14:00:00', '15:00:00'],
      ...['16:00:00', '17:00:00', '08:00:00'],
    ]);
    expect(first('night', 3)).toEqual(['11-02T06:00:00', '11-02T17:00:00', '11-02T23:00:00']);
    expect(times('dated')).toEqual(['11-02T17:00:00', '11-04T15:00:00', '11-07T09:30:00']);
    expect(times('daily')).toHaveLength(7);
    expect(times('cron')).toHaveLength(15);
    expect(first('cron', 4)).toEqual(['11-02T06:00:00', '11-02T06:20:00', '11-02T06:40:00', '11-03T06:00:00']);
    expect(times('once')).toEqual(['11-04T05:06:07']);
    expect(times('past')).toEqual([]);
    expect(first('splayed', 2)).toEqual(['11-03T00:00:06', '11-04T00:00:12']);
    expect(first('between', 1)).toEqual(['11-03T00:02:30']);
    expect(times('later')).toEqual(['11-06T00:00:00', '11-07T00:00:00']);
    expect(times('lunch')).toHaveLength(7 * 22);
    expect(times('lunch').filter((time) => /T1[23]:/.test(time) && time.endsWith('00:00'))).toEqual([]);
    expect(times('boot')).toEqual(['11-02T00:00:00', '11-05T00:00:00', '11-08T00:00:00']);
    expect(times('off')).toEqual([]);
    expect(times('idle')).toEqual([]);
  });
});

describe('createScheduler', () => {
  it('lets intervals run on by the steady clock, whatever is done to the wall clock', () => {
    start({ every: { ...ping, minutes: 10 } });
    clock.advance(5 * minute);
    clock.put(10 * 365 * day);
    clock.advance(5 * minute);
    clock.put(-20 * 365 * day);
    clock.advance(10 * minute);
    expect(fired).toHaveLength(2);
  });

  it('lets a job that waits for its range begin as soon as the clock is put into it', () => {
    start({ job: { ...ping, hours: 1, range: { start: '08:00', end: '17:00' } } });
    clock.advance(2 * hour);
    clock.put(10 * hour);
    clock.advance(minute);
    expect(times('job')).toEqual(['11-02T12:00:30']);
    clock.put(-11 * hour);
    clock.advance(7 * hour);
    expect(times('job')).toEqual(['11-02T12:00:30', '11-02T08:00:00']);
  });

  it('runs a cron job once after the clock was put forward over many of its times', () => {
    start({ cron: { ...ping, cron: '*/5 * * * *' } });
    clock.advance(minute);
    clock.put(3 * hour);
    clock.advance(minute);
    expect(times('cron')).toEqual(['11-02T03:01:30']);
    clock.advance(5 * minute);
    expect(times('cron')).toEqual(['11-02T03:01:30', '11-02T03:05:00']);
  });

  it('does not sleep until the old time after the clock was put back', () => {
    start({ cron: { ...ping, cron: '0 * * * *' }, when: { ...ping, when: '01:00' } });
    clock.advance(30 * minute);
    clock.put(-30 * day);
    clock.advance(hour);
    expect(fired).toEqual(['10-03T01:00:00 cron test.ping', '10-03T01:00:00 when test.ping']);
  });

  it('misses a `when` that the clock was put over', () => {
    start({ when: { ...ping, when: '01:00' } });
    clock.put(2 * hour);
    clock.advance(hour);
    expect(fired).toEqual([]);
    clock.advance(day);
    expect(times('when')).toEqual(['11-03T01:00:00']);
  });

  it('keeps to `maxrunning`, also when asked to run now', () => {
    const scheduler = start({
      one: { ...ping, minutes: 1 },
      many: { ...ping, minutes: 1, maxrunning: 3 },
      any: { ...ping, minutes: 1, jid_include: false },
    });
    running = 1;
    clock.advance(minute);
    expect(fired.map((line) => line.split(' ')[1])).toEqual(['many', 'any']);
    expect(scheduler.statusOf('one').get('_skip_reason')).toBe('maxrunning');
    scheduler.runNow('one');
    expect(times('one')).toEqual([]);
    running = 0;
    scheduler.runNow('one');
    expect(times('one')).toEqual(['11-02T00:01:00']);
  });

  it('moves one run of a job and skips another', () => {
    start({
      job: {
        ...ping,
        hours: 1,
        skip_explicit: [{ time: '2026-11-02T01:00:00', time_fmt: '%Y-%m-%dT%H:%M:%S' }],
        run_explicit: [{ time: '2026-11-02T01:10:00', time_fmt: '%Y-%m-%dT%H:%M:%S' }],
      },
    });
    clock.advance(2 * hour);
    expect(times('job')).toEqual(['11-02T01:10:00']);
    clock.advance(10 * minute);
    expect(times('job')).toEqual(['11-02T01:10:00', '11-02T02:10:00']);
  });

  it('runs another function while a range keeps the jobs from running, and those that want to right after it', () => {
    start({
      skip_function: 'test.version',
      skip_during_range: { start: '01:30', end: '02:30' },
      job: { ...ping, hours: 1 },
    });
    clock.advance(3 * hour);
    expect(fired.map((line) => line.split(' ')[2])).toEqual(['test.ping', 'test.version', 'test.ping']);
    fired = [];
    clock = createPutClock(new Date(2026, 10, 2).getTime());
    start({
      job: { ...ping, hours: 1, skip_during_range: { start: '00:30', end: '01:30' }, run_after_skip_range: true },
    });
    clock.advance(3 * hour);
    expect(times('job')).toEqual(['11-02T01:30:01', '11-02T02:30:01']);
  });

  it('keeps the next times of jobs that other changes leave alone', () => {
    const scheduler = start({ one: { ...ping, hours: 1 } });
    clock.advance(30 * minute);
    scheduler.setJobs(toValue({ one: { ...ping, hours: 1, maxrunning: 2 }, two: { ...ping, hours: 1 } }) as Dict);
    clock.advance(hour);
    expect([times('one'), times('two')]).toEqual([['11-02T01:00:00'], ['11-02T01:30:00']]);
    expect(formatScheduleTime(scheduler.nextFireTime('one') ?? 0)).toBe('2026-11-02T02:00:00');
  });

  it('reads times that the pillar or the grains name', () => {
    start(
      { tea: { ...ping, when: ['tea time'] } },
      { findWhen: (name) => (name === 'tea time' ? '1:40pm' : undefined) },
    );
    clock.advance(day);
    expect(times('tea')).toEqual(['11-02T13:40:00']);
  });

  it('says what is wrong with a job, once, and runs the others', () => {
    const scheduler = start({
      both: { ...ping, cron: '* * * * *', when: '5pm' },
      mixed: { ...ping, seconds: 5, cron: '* * * * *' },
      cron: { ...ping, cron: '61 * * * *' },
      when: { ...ping, when: 'the cows come home' },
      once: { ...ping, once: 'tomorrow' },
      range: { ...ping, minutes: 30, range: { start: '5pm', end: '8am' } },
      good: { ...ping, minutes: 45 },
    });
    clock.advance(hour);
    expect(fired).toEqual([
      'both: Unable to use "when", "cron" options together. Ignoring job both.',
      'mixed: Unable to use "seconds" with "cron" options. Ignoring job mixed.',
      'cron: Invalid cron string. Ignoring job cron.',
      'when: Invalid date string the cows come home. Ignoring job when.',
      'once: Date string could not be parsed: tomorrow, %Y-%m-%dT%H:%M:%S. Ignoring job once.',
      'range: schedule.handle_func: Invalid range, end must be larger than start. Ignoring job range.',
      '11-02T00:45:00 good test.ping',
      'range: schedule.handle_func: Invalid range, end must be larger than start. Ignoring job range.',
    ]);
    expect(scheduler.statusOf('cron').get('_error')).toBe('Invalid cron string. Ignoring job cron.');
  });

  it('does nothing any more once it was stopped', () => {
    start({ job: { ...ping, seconds: 1 } }).stop();
    clock.advance(hour);
    expect(fired).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
