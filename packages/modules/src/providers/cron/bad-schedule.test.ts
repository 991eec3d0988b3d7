import { describe, expect, it } from 'vitest';
import { badCrontab, badSchedule } from './bad-schedule.ts';

describe('the times of a job', () => {
  it.each([
    '* * * * *',
    '*/5 0-23/2 1,15 jan-mar Mon',
    '0 0 31 12 7',
    '5 6 7 8 sun,3-5',
    '@daily',
    '@reboot',
    // cronie's alone
    '-*/5 * * * *',
    '~ 1~5 * * *',
    '0 0 * * fri-7',
    '* 22-4 * * sat-sun',
  ])('lets %s pass', (schedule) => {
    expect(badSchedule(schedule)).toBeUndefined();
  });

  // Each was given to Debian's crontab (cron 3.0pl1), which says the same.
  it.each([
    ['99 * * * *', 'bad minute'],
    ['*/0 * * * *', 'bad minute'],
    ['1, * * * *', 'bad minute'],
    ['* foo * * *', 'bad hour'],
    ['* * 0 * *', 'bad day-of-month'],
    ['* * * 1-99 *', 'bad month'],
    ['* * * january *', 'bad month'],
    ['* * * * 8', 'bad day-of-week'],
    ['* * * *', 'bad day-of-week'],
    ['@nope', 'bad time specifier'],
  ])('says of %s what cron says', (schedule, complaint) => {
    expect(badSchedule(schedule)).toBe(complaint);
  });
});

it('finds the line of a crontab that cron will refuse', () => {
  const start = '# notes\n\nMAILTO=ann@example.org\n"A B" = c\n@daily /bin/a\n 5 4 * * * /bin/b\n';
  expect(badCrontab(start)).toBeUndefined();
  expect(badCrontab(`${start}61 * * * * /bin/c\n`)).toBe(`"-":6: bad minute\nerrors in crontab file, can't install.`);
  expect(badCrontab('1 2 3 4 5\n')).toBe(`"-":0: bad command\nerrors in crontab file, can't install.`);
});
