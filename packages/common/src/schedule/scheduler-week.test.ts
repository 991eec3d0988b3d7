import { createManualClock } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { toValue, type Dict, type Plain } from '../value.ts';
import { createScheduler } from './scheduler.ts';

/** A job, beside what else the schedule says, and when Salt's own scheduler ran it in a week. */
interface Recorded {
  readonly job: Readonly<Record<string, Plain>>;
  readonly settings?: Readonly<Record<string, Plain>>;
  /** What the pillar or the grains call times. */
  readonly whens?: Readonly<Record<string, string>>;
  /** How long a run takes; it ends at once unless given. */
  readonly seconds?: number;
  /** `test.ping` unless given. */
  readonly funs?: readonly string[];
  /** Day of the month and time of the runs; `+01:00*3` are three more, each an hour later. */
  readonly runs: string;
}

// A Monday. Salt's scheduler was asked every second of the week; a random number was always the middle one.
const day = 86_400;

// prettier-ignore
const recorded: readonly Recorded[] = [
  { job: { seconds: 2220 }, runs: '2T00:37+00:37*271' },
  { job: { hours: 5 }, runs: '2T05:00+05:00*32' },
  { job: { days: 1, hours: 2, minutes: 3, seconds: 4 }, runs: '3T02:03:04+26:03:04*5' },
  { job: { hours: 3, splay: { start: 10, end: 20 } }, runs: '2T03:00:15+03:00:15*54' },
  { job: { cron: '0 */4 * * *', splay: 60 }, runs: '2T04:00:31+04:00*40' },
  { job: { when: ['5:00pm', '7:00pm'], splay: 60 }, runs: '2T17:00:31 2T19:00:31 3T17:00:31 3T19:00:31 4T17:00:31 4T19:00:31 5T17:00:31 5T19:00:31 6T17:00:31 6T19:00:31 7T17:00:31 7T19:00:31 8T17:00:31 8T19:00:31' },
  { job: { hours: 6, splay: 0 }, runs: '2T06:00+06:00*27' },
  { job: { when: 'Monday 5:00pm' }, runs: '2T17:00' },
  { job: { when: '11/05/2026 4:00pm' }, runs: '5T16:00' },
  { job: { when: '2026-11-06 13:45:30' }, runs: '6T13:45:30' },
  { job: { when: 'November 5, 2026 1:30pm' }, runs: '5T13:30' },
  { job: { when: ['2026-11-01 13:00', '2026-11-03 13:00'] }, runs: '3T13:00' },
  { job: { when: '0:00' }, runs: '2T00:00+24:00*7' },
  { job: { when: 'Nov 7' }, runs: '7T00:00' },
  { job: { when: [] }, runs: '' },
  { job: { when: ['Sat 23:59', 'Sun 00:00'] }, runs: '7T23:59 8T00:00' },
  { job: { cron: '0 3 * * *' }, runs: '2T03:00+24:00*6' },
  { job: { cron: '0 0 * * sun' }, runs: '8T00:00' },
  { job: { cron: '5 4 l * *' }, runs: '' },
  { job: { cron: '0 8 * * 7' }, runs: '8T08:00' },
  { job: { cron: '10-50/20 */6 * nov *' }, runs: '2T00:10+00:20*2 2T06:10+00:20*2 2T12:10+00:20*2 2T18:10+00:20*2 3T00:10+00:20*2 3T06:10+00:20*2 3T12:10+00:20*2 3T18:10+00:20*2 4T00:10+00:20*2 4T06:10+00:20*2 4T12:10+00:20*2 4T18:10+00:20*2 5T00:10+00:20*2 5T06:10+00:20*2 5T12:10+00:20*2 5T18:10+00:20*2 6T00:10+00:20*2 6T06:10+00:20*2 6T12:10+00:20*2 6T18:10+00:20*2 7T00:10+00:20*2 7T06:10+00:20*2 7T12:10+00:20*2 7T18:10+00:20*2 8T00:10+00:20*2 8T06:10+00:20*2 8T12:10+00:20*2 8T18:10+00:20*2' },
  { job: { cron: '0 0 * * 0-6/2' }, runs: '3T00:00+48:00*2 8T00:00' },
  { job: { cron: '0 0 * * L5' }, runs: '' },
  { job: { cron: '0 0 8 * thu' }, runs: '5T00:00 8T00:00' },
  { job: { cron: '@monthly' }, runs: '' },
  { job: { cron: '15 14 * 11 2,4' }, runs: '3T14:15 5T14:15' },
  { job: { once: '2026-11-01T00:00:00' }, runs: '' },
  { job: { minutes: 50, range: { start: '8:00am', end: '5:00pm' } }, runs: '2T08:00+00:50*10 3T08:00+00:50*10 4T08:00+00:50*10 5T08:00+00:50*10 6T08:00+00:50*10 7T08:00+00:50*10 8T08:00+00:50*10' },
  { job: { cron: '0 * * * *', range: { start: '8:00am', end: '5:00pm' } }, runs: '2T08:00+01:00*9 3T08:00+01:00*9 4T08:00+01:00*9 5T08:00+01:00*9 6T08:00+01:00*9 7T08:00+01:00*9 8T08:00+01:00*9' },
  { job: { when: ['7am', '9am', '6pm'], range: { start: '8:00am', end: '5:00pm' } }, runs: '2T09:00+24:00*6' },
  { job: { hours: 5, splay: 60, range: { start: '8:00am', end: '5:00pm' } }, runs: '2T08:00 2T13:00:31 3T08:00 3T13:00:31 4T08:00 4T13:00:31 5T08:00 5T13:00:31 6T08:00 6T13:00:31 7T08:00 7T13:00:31 8T08:00 8T13:00:31' },
  { job: { days: 1, hours: 5, range: { start: 'Tuesday 8am', end: 'Tuesday 5pm' } }, runs: '3T08:00' },
  { job: { hours: 1, skip_during_range: { start: '8:00am', end: '5:00pm' }, run_after_skip_range: true }, runs: '2T01:00+01:00*6 2T17:00:01+01:00*14 3T17:00:01+01:00*14 4T17:00:01+01:00*14 5T17:00:01+01:00*14 6T17:00:01+01:00*14 7T17:00:01+01:00*14 8T17:00:01+01:00*6' },
  { job: { cron: '0 * * * *', skip_during_range: { start: '8:00am', end: '5:00pm' }, run_after_skip_range: true }, runs: '2T01:00+01:00*6 2T17:00:01 2T18:00+01:00*13 3T17:00:01 3T18:00+01:00*13 4T17:00:01 4T18:00+01:00*13 5T17:00:01 5T18:00+01:00*13 6T17:00:01 6T18:00+01:00*13 7T17:00:01 7T18:00+01:00*13 8T17:00:01 8T18:00+01:00*6' },
  { job: { hours: 9, after: '2026-11-04T10:00:00' }, runs: '4T15:00+09:00*11' },
  { job: { cron: '0 */6 * * *', until: '2026-11-04 12:00' }, runs: '2T06:00+06:00*8' },
  { job: { hours: 2, until: '6pm' }, runs: '2T02:00+02:00*7 3T00:00+02:00*8 4T00:00+02:00*8 5T00:00+02:00*8 6T00:00+02:00*8 7T00:00+02:00*8 8T00:00+02:00*8 9T00:00' },
  { job: { days: 1, run_on_start: true }, runs: '2T00:00+24:00*7' },
  { job: { when: '5pm', run_on_start: true }, runs: '2T00:00 2T17:00+24:00*6' },
  { job: { days: 1, run_on_start: true, enabled: false }, runs: '' },
  { job: { minutes: 10 }, seconds: 1500, runs: '2T00:10+00:30*335' },
  { job: { minutes: 10, jid_include: false }, seconds: 1500, runs: '2T00:10+00:10*1007' },
  { job: { when: ['1:00am', '1:10am', '1:20am'] }, seconds: 900, runs: '2T01:00 2T01:20 3T01:00 3T01:20 4T01:00 4T01:20 5T01:00 5T01:20 6T01:00 6T01:20 7T01:00 7T01:20 8T01:00 8T01:20' },
  { job: { hours: 4, splay: 10 }, settings: { splay: 60 }, runs: '2T04:00:06+04:00:06*40' },
  { job: { hours: 1 }, settings: { enabled: false }, runs: '' },
  { job: { when: 'tea' }, whens: { tea: '5:00pm' }, runs: '2T17:00+24:00*6' },
  { job: { seconds: 1531, range: { start: '6am', end: '10:30pm' }, run_on_start: true }, runs: '2T00:00 2T06:00+00:25:31*38 3T06:00+00:25:31*38 4T06:00+00:25:31*38 5T06:00+00:25:31*38 6T06:00+00:25:31*38 7T06:00+00:25:31*38 8T06:00+00:25:31*38' },
  { job: { hours: 2, skip_during_range: { start: '6am', end: '10:30pm' }, run_after_skip_range: true }, runs: '2T02:00 2T04:00 2T22:30:01+02:00*3 3T22:30:01+02:00*3 4T22:30:01+02:00*3 5T22:30:01+02:00*3 6T22:30:01+02:00*3 7T22:30:01+02:00*3 8T22:30:01' },
  { job: { days: 1, maxrunning: 1 }, seconds: 7410, runs: '3T00:00+24:00*6' },
  { job: { hours: 6, splay: { start: 5, end: 50 }, until: '2026-11-06T12:00:00' }, runs: '2T06:00:28+06:00:28*16' },
  { job: { cron: '*/20 * * * 1-5', run_on_start: true }, runs: '2T00:00+00:20*359 9T00:00' },
  { job: { hours: 8, until: '2026-11-06T12:00:00' }, runs: '2T08:00+08:00*12' },
  { job: { when: ['9:00pm'], splay: 30, skip_during_range: { start: '6am', end: '10:30pm' } }, runs: '' },
  { job: { days: 1, range: { start: '6am', end: '10:30pm' } }, runs: '3T06:00+24:00*5' },
  { job: { cron: '0 */3 4,6 nov 1-5' }, runs: '2T03:00+03:00*38 9T00:00' },
  { job: { hours: 1, splay: 300, range: { start: '6am', end: '10:30pm', invert: true } }, runs: '2T01:02:31+01:02:31*4 2T22:30+01:02:31*7 3T22:30+01:02:31*7 4T22:30+01:02:31*7 5T22:30+01:02:31*7 6T22:30+01:02:31*7 7T22:30+01:02:31*7 8T22:30 8T23:32:31' },
  { job: { minutes: 55 }, runs: '2T00:55+00:55*182' },
  { job: { cron: '10-40/15 0,12 4,6 * 1-5' }, runs: '2T00:10+00:15*2 2T12:10+00:15*2 3T00:10+00:15*2 3T12:10+00:15*2 4T00:10+00:15*2 4T12:10+00:15*2 5T00:10+00:15*2 5T12:10+00:15*2 6T00:10+00:15*2 6T12:10+00:15*2' },
  { job: { cron: '5,35 0,12 * nov 1-5', until: '2026-11-06T12:00:00', run_on_start: true }, runs: '2T00:00 2T00:05 2T00:35 2T12:05 2T12:35 3T00:05 3T00:35 3T12:05 3T12:35 4T00:05 4T00:35 4T12:05 4T12:35 5T00:05 5T00:35 5T12:05 5T12:35 6T00:05 6T00:35' },
  { job: { hours: 8, until: '2026-11-06T12:00:00' }, runs: '2T08:00+08:00*12' },
  { job: { hours: 8, range: { start: '8:00am', end: '1pm' } }, runs: '2T08:00+24:00*6' },
  { job: { when: ['6:30am', '6:30am'] }, runs: '2T06:30+24:00*6' },
  { job: { cron: '10-40/15 0,12 * nov sat,sun', splay: 30, until: '2026-11-06T12:00:00' }, runs: '' },
  { job: { minutes: 91 }, runs: '2T01:31+01:31*109' },
  { job: { days: 2 }, runs: '4T00:00+48:00*2' },
  { job: { hours: 3, splay: 100 }, runs: '2T03:00:51+03:00:51*54' },
  { job: { when: '5:00pm', splay: 60 }, runs: '2T17:00:31+24:00*6' },
  { job: { once: '2026-11-04T05:06:07', splay: 60 }, runs: '4T05:06:07' },
  { job: { when: '5:00pm' }, runs: '2T17:00+24:00*6' },
  { job: { when: ['Monday 5:00pm', 'Tuesday 3:00pm', 'Wednesday 5:00pm', 'Thursday 3:00pm', 'Friday 5:00pm'] }, runs: '2T17:00 3T15:00 4T17:00 5T15:00 6T17:00' },
  { job: { when: ['11/29/2026 4:00pm'] }, runs: '' },
  { job: { when: '2026-11-01 13:00' }, runs: '' },
  { job: { when: '00:00:00' }, runs: '2T00:00+24:00*7' },
  { job: { when: '7' }, runs: '7T00:00' },
  { job: { when: '17:00' }, runs: '2T17:00+24:00*6' },
  { job: { when: ['1:00am', '1:02am'] }, runs: '2T01:00 2T01:02 3T01:00 3T01:02 4T01:00 4T01:02 5T01:00 5T01:02 6T01:00 6T01:02 7T01:00 7T01:02 8T01:00 8T01:02' },
  { job: { when: '17' }, runs: '' },
  { job: { cron: '*/15 * * * *' }, runs: '2T00:15+00:15*671' },
  { job: { cron: '30 4 1,5 * fri' }, runs: '5T04:30 6T04:30' },
  { job: { cron: '@daily' }, runs: '3T00:00+24:00*6' },
  { job: { cron: '0 12 * * mon-fri' }, runs: '2T12:00+24:00*4' },
  { job: { cron: '0 0 * * fri#1' }, runs: '6T00:00' },
  { job: { cron: '*/7 6 * * 1-5' }, runs: '2T06:00+00:07*8 3T06:00+00:07*8 4T06:00+00:07*8 5T06:00+00:07*8 6T06:00+00:07*8' },
  { job: { cron: '@hourly' }, runs: '2T01:00+01:00*167' },
  { job: { cron: '*/30 * * * * 15' }, runs: '2T00:00:15+00:30*335' },
  { job: { cron: '0 0 * * thu,sat' }, runs: '5T00:00 7T00:00' },
  { job: { cron: '@weekly' }, runs: '8T00:00' },
  { job: { cron: '0/20 5 * * *' }, runs: '2T05:00+00:20*2 3T05:00+00:20*2 4T05:00+00:20*2 5T05:00+00:20*2 6T05:00+00:20*2 7T05:00+00:20*2 8T05:00+00:20*2' },
  { job: { cron: '0 9 2-8/2 * *' }, runs: '2T09:00+48:00*3' },
  { job: { once: '2026-11-04T05:06:07' }, runs: '4T05:06:07' },
  { job: { minutes: 50, range: { invert: true, start: '8:00am', end: '5:00pm' } }, runs: '2T00:50+00:50*8 2T17:00+00:50*18 3T17:00+00:50*18 4T17:00+00:50*18 5T17:00+00:50*18 6T17:00+00:50*18 7T17:00+00:50*18 8T17:00+00:50*8' },
  { job: { cron: '30 * * * *', range: { invert: true, start: '8:00am', end: '5:00pm' } }, runs: '2T00:30+01:00*7 2T17:30+01:00*14 3T17:30+01:00*14 4T17:30+01:00*14 5T17:30+01:00*14 6T17:30+01:00*14 7T17:30+01:00*14 8T17:30+01:00*6' },
  { job: { hours: 7, range: { start: '2026-11-04 10:00', end: '2026-11-06 11:00' } }, runs: '4T10:00+07:00*7' },
  { job: { minutes: 50, skip_during_range: { start: '8:00am', end: '5:00pm' } }, runs: '2T00:50+00:50*8 2T17:30+00:50*17 3T17:40+00:50*17 4T17:50+00:50*16 5T17:10+00:50*17 6T17:20+00:50*17 7T17:30+00:50*17 8T17:40+00:50*7' },
  { job: { cron: '0 * * * *', skip_during_range: { start: '8:00am', end: '5:00pm' } }, runs: '2T01:00+01:00*6 2T18:00+01:00*13 3T18:00+01:00*13 4T18:00+01:00*13 5T18:00+01:00*13 6T18:00+01:00*13 7T18:00+01:00*13 8T18:00+01:00*6' },
  { job: { when: ['7am', '9am', '6pm'], skip_during_range: { start: '8:00am', end: '5:00pm' }, run_after_skip_range: true }, runs: '2T07:00 2T17:00:01 2T18:00 3T07:00 3T17:00:01 3T18:00 4T07:00 4T17:00:01 4T18:00 5T07:00 5T17:00:01 5T18:00 6T07:00 6T17:00:01 6T18:00 7T07:00 7T17:00:01 7T18:00 8T07:00 8T17:00:01 8T18:00' },
  { job: { hours: 5, skip_during_range: { start: '2026-11-04 10:00', end: '2026-11-06 11:00' }, run_after_skip_range: true }, runs: '2T05:00+05:00*10 6T11:00:01+05:00*12' },
  { job: { hours: 9, until: '2026-11-04T10:00:00' }, runs: '2T09:00+09:00*5' },
  { job: { cron: '0 */6 * * *', after: '2026-11-04 12:00' }, runs: '4T18:00+06:00*17' },
  { job: { hours: 2, after: '6pm' }, runs: '2T20:00 2T22:00 3T20:00 3T22:00 4T20:00 4T22:00 5T20:00 5T22:00 6T20:00 6T22:00 7T20:00 7T22:00 8T20:00 8T22:00' },
  { job: { when: ['5pm'], after: '2026-11-05' }, runs: '5T17:00+24:00*3' },
  { job: { cron: '0 12 * * *', run_on_start: true }, runs: '2T00:00 2T12:00+24:00*6' },
  { job: { once: '2026-11-04T05:06:07', run_on_start: true }, runs: '2T00:00 4T05:06:07' },
  { job: { hours: 10, run_on_start: true, range: { start: '8am', end: '5pm' } }, runs: '2T00:00 2T10:00 3T08:00+24:00*5' },
  { job: { hours: 3, run_on_start: true, splay: 60 }, runs: '2T00:00+03:00:31*55' },
  { job: { cron: '*/10 * * * *' }, seconds: 1500, runs: '2T00:10+00:30*335' },
  { job: { hours: 4 }, settings: { splay: 60 }, runs: '2T04:00:31+04:00:31*40' },
  { job: { hours: 1 }, settings: { skip_during_range: { start: '8am', end: '5pm' } }, runs: '2T01:00+01:00*6 2T18:00+01:00*13 3T18:00+01:00*13 4T18:00+01:00*13 5T18:00+01:00*13 6T18:00+01:00*13 7T18:00+01:00*13 8T18:00+01:00*6' },
  { job: { when: ['tea', 'lunch'] }, whens: { tea: '5:00pm', lunch: '12:30pm' }, runs: '2T12:30 2T17:00 3T12:30 3T17:00 4T12:30 4T17:00 5T12:30 5T17:00 6T12:30 6T17:00 7T12:30 7T17:00 8T12:30 8T17:00' },
  { job: { when: ['11/6/2026 7:00am'], maxrunning: 1 }, seconds: 8976, runs: '6T07:00' },
  { job: { when: ['Saturday 0:30'], splay: 300, range: { start: '6am', end: '10:30pm' } }, runs: '' },
  { job: { cron: '5,35 0,12 * * sat,sun', splay: 30 }, runs: '7T00:05:16 7T00:35:16 7T12:05:16 7T12:35:16 8T00:05:16 8T00:35:16 8T12:05:16 8T12:35:16' },
  { job: { cron: '5,35 * 4,6 11 *' }, runs: '4T00:05+00:30*47 6T00:05+00:30*47' },
  { job: { days: 1, range: { start: '8:00am', end: '10:30pm', invert: true }, after: '2026-11-03T12:00:00' }, runs: '4T00:00+24:00*5' },
  { job: { when: ['Saturday 0:30', '11/6/2026 7:00am', '12:00pm'], skip_during_range: { start: '11:15am', end: '1pm' } }, runs: '6T07:00 7T00:30' },
  { job: { cron: '0 8-17 4,6 nov 2', run_on_start: true }, runs: '2T00:00 3T08:00+01:00*9 4T08:00+01:00*9 6T08:00+01:00*9' },
];

/** When jobs that stand in one schedule run, by their place in the list, and what they run. */
function replay(
  jobs: readonly Recorded[],
  { settings = {}, whens = {} }: Pick<Recorded, 'settings' | 'whens'> = {},
): readonly Recorded[] {
  const clock = createManualClock(new Date(2026, 10, 2).getTime());
  const fired = jobs.map((): { readonly at: number; readonly fun: string }[] => []);
  const now = (): number => clock.monotonic() / 1000;
  const scheduler = createScheduler({
    clock,
    random: () => 0.5,
    run: ({ name, fun }) => fired[Number(name)]?.push({ at: now(), fun }),
    countRunning: (name) => {
      const { seconds = 0 } = jobs[Number(name)] ?? {};
      return fired[Number(name)]?.filter(({ at }) => at + seconds > now()).length ?? 0;
    },
    findWhen: (name) => whens[name],
    onError: (_job, error) => {
      throw new Error(error);
    },
  });
  const named = jobs.map(({ job }, index) => [String(index), { function: 'test.ping', ...job }] as const);
  scheduler.setJobs(toValue({ ...Object.fromEntries(named), ...settings }) as Dict);
  clock.advance(7 * day * 1000);
  scheduler.stop();
  return jobs.map((one, index) => {
    const runs = fired[index] ?? [];
    const funs = [...new Set(runs.map(({ fun }) => fun))].filter((fun) => fun !== 'test.ping' || one.funs);
    return { ...one, runs: toText(runs.map(({ at }) => at)), ...(funs.length === 0 ? {} : { funs }) };
  });
}

/** Times in the form of the table: at least three at equal distances are put together. */
function toText(times: readonly number[]): string {
  const words: string[] = [];
  for (let first = 0; first < times.length;) {
    const [at = 0, next = 0] = times.slice(first);
    const step = next - at;
    let last = first + 1;
    while (last < times.length && (times[last] ?? 0) - (times[last - 1] ?? 0) === step) last += 1;
    const count = last - first < 3 ? 0 : last - first - 1;
    words.push(`${2 + Math.trunc(at / day)}T${toClock(at % day)}${count === 0 ? '' : `+${toClock(step)}*${count}`}`);
    first += count + 1;
  }
  return words.join(' ');
}

function toClock(seconds: number): string {
  const [hour, minute, second] = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60, seconds % 60];
  return [hour, minute, ...(second === 0 ? [] : [second])].map((part) => String(part).padStart(2, '0')).join(':');
}

const isAlone = ({ settings, whens }: Recorded): boolean => settings !== undefined || whens !== undefined;

describe('a week of each form', () => {
  it('runs every job when Salt does', () => {
    const together = recorded.filter((one) => !isAlone(one));
    expect(together.length).toBeGreaterThan(100);
    expect(replay(together)).toEqual(together);
  });

  it.each(recorded.filter(isAlone))('runs $job with $settings and $whens when Salt does', (one) => {
    expect(replay([one], one)).toEqual([one]);
  });
});
