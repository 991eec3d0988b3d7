import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { noFailpoints, silentLogger, toPlain, toValue, type Dict, type Plain, type Value } from '@brine/common';
import type { FunctionContext } from '@brine/modules/kit';
import { callFunction, functionTable } from '@brine/modules';
import { createFakeHost, createManualClock } from '@brine/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompanionHost } from '../daemon/companion.ts';
import { createScheduleCompanion } from './schedule-companion.ts';

/** Calls a function of `schedule` of a minion with a job of the configuration and one of the pillar. */
type Ask = (fun: string, keyword?: Readonly<Record<string, Plain>>) => Promise<unknown>;

let ask: Ask;
let begun: string[];
let folder: string;

beforeEach(() => {
  begun = [];
  folder = mkdtempSync(path.join(tmpdir(), 'brine-schedule-'));
  ask = createMinion();
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function createMinion(): Ask {
  const options = toValue({
    ...{ conf_file: '/etc/salt/minion', config_dir: folder, default_include: 'minion.d/*.conf' },
    schedule: { cjob: { function: 'test.ping', hours: 7 } },
  }) as Dict;
  const link: CompanionHost = {
    begin: async ({ name = '', fun }) => {
      begun.push(`${name} ${fun}`);
      return '1';
    },
    ...{ countOwn: () => 0, isConnected: () => true, fire: async () => {}, call: async () => null, running: () => [] },
  };
  const clock = createManualClock(new Date(2026, 10, 29, 12).getTime());
  const companion = createScheduleCompanion(
    { options, clock, logger: silentLogger, random: () => 0, failpoints: noFailpoints },
    link,
  );
  const started = companion.start();
  companion.setPillar?.(toValue({ schedule: { pjob: { function: 'test.ping', hours: 5 } } }) as Dict);
  const context = {
    options,
    host: createFakeHost({}),
    pillar: new Map(),
    companions: { ask: async (_name: string, request: Dict) => companion.answer(request) },
    log: silentLogger,
    setRetcode: () => {},
    signal: new AbortController().signal,
  } as unknown as FunctionContext;
  return async (fun, keyword = {}) => {
    await started;
    const call = { table: { functions: functionTable }, name: `schedule.${fun}`, positional: [], context };
    const { value } = await callFunction({ ...call, keyword: toValue(keyword) as Dict });
    return typeof value === 'string' ? value : toPlain(value as Value);
  };
}

const ping = { function: 'test.ping' };
const built = { ...ping, maxrunning: 1, enabled: true, jid_include: true };

describe('schedule.add', () => {
  it.each([
    [
      { name: 'a', ...ping, seconds: 9, cron: '* * * * *' },
      'Error: Unable to use "seconds", "minutes", "hours", or "days" with "when" or "cron" options.',
    ],
    [
      { name: 'a', ...ping, when: '5pm', cron: '* * * * *' },
      'Unable to use "when" and "cron" options together.  Ignoring.',
    ],
    [{ name: 'a', ...ping, when: 'blah' }, 'Schedule item blah for "when" in invalid.'],
    [{ name: 'a', ...ping, when: ['5pm', 'blah'] }, 'Schedule item blah for "when" in invalid.'],
    [{ name: 'a', ...ping, seconds: 9, job_args: 'x' }, 'job_args is not a list. please correct and try again.'],
    [{ name: 'a', ...ping, seconds: 9, job_kwargs: 'x' }, 'job_kwargs is not a dict. please correct and try again.'],
    [{ name: '', ...ping, seconds: 9 }, 'Job name is required.'],
    [{ name: 'a', seconds: 9 }, 'Job function is required.'],
    [{ name: 'cjob', ...ping, seconds: 9 }, 'Job cjob already exists in schedule.'],
    [{ name: 'pjob', ...ping, seconds: 9 }, 'Job pjob already exists in schedule.'],
  ])('refuses %j', async (keyword, comment) => {
    expect(await ask('add', keyword)).toMatchObject({ comment, result: false });
    expect(Object.keys((await ask('list', { return_yaml: false })) as object)).toEqual(['pjob', 'cjob']);
  });

  it('takes everything a job can have', async () => {
    const given = {
      ...ping,
      ...{ cron: '0 3 * * *', maxrunning: 3, return_job: false, metadata: { x: 'y' }, splay: { end: 20, start: 10 } },
      ...{ range: { start: '8am', end: '5pm' }, enabled: false, returner: 'local', after: '2026-12-01' },
      ...{ until: '2027-01-01', run_on_start: true, skip_during_range: { start: '1am', end: '2am' } },
      ...{ run_after_skip_range: true, once: '2027-01-01T00:00:00', once_fmt: '%Y-%m-%dT%H:%M:%S' },
    };
    await ask('add', { name: 'all', ...given, job_args: [1, 2], job_kwargs: { a: 1 }, jid_include: false, foo: 'bar' });
    expect(await ask('is_enabled', { name: 'all' })).toEqual({ name: 'all', ...given, args: [1, 2], kwargs: { a: 1 } });
  });

  it('foretells with `test`, and saves unless it is told not to', async () => {
    expect(await ask('add', { name: 'a', ...ping, seconds: 9, test: true })).toEqual({
      ...{ comment: 'Job: a would be added to schedule.', result: true, changes: {} },
    });
    expect(await ask('is_enabled', { name: 'a' })).toEqual({});
    expect(await ask('add', { name: 'a', ...ping, seconds: 9 })).toEqual({
      ...{ comment: 'Added job: a to schedule.', result: true, changes: { a: 'added' } },
    });
  });
});

describe('schedule.modify', () => {
  it('tells the job before and after, and keeps the function', async () => {
    await ask('add', { name: 'a', ...ping, seconds: 9 });
    const changes = { a: { old: { ...built, name: 'a', seconds: 9 }, new: { ...built, name: 'a', hours: 1 } } };
    expect(await ask('modify', { name: 'a', hours: 1, test: true })).toEqual({
      ...{ comment: 'Job: a would be modified in schedule.', changes, result: true },
    });
    expect(await ask('modify', { name: 'a', hours: 1 })).toEqual({
      ...{ comment: 'Modified job: a in schedule.', changes, result: true },
    });
    expect(await ask('modify', { name: 'a', hours: 1 })).toEqual({
      ...{ comment: 'Job a in correct state', changes: {}, result: true },
    });
  });

  it.each([
    [{ name: 'none', hours: 1 }, 'Job none does not exist in schedule.'],
    [{ name: 'pjob', hours: 1 }, 'Cannot modify job pjob, it is in the pillar.'],
    [
      { name: 'cjob', seconds: 9, cron: '* * * * *' },
      'Error: Unable to use "seconds", "minutes", "hours", or "days" with "when" option.',
    ],
    [{ name: 'cjob', when: '1pm', cron: '* * * * *' }, 'Unable to use "when" and "cron" options together.  Ignoring.'],
    [{ name: 'cjob', when: 'blah' }, 'Schedule item blah for "when" in invalid.'],
  ])('refuses %j', async (keyword, comment) => {
    expect(await ask('modify', keyword)).toMatchObject({ comment, result: false });
  });
});

describe('switches', () => {
  it('switch jobs of the configuration, not those of the pillar', async () => {
    expect(await ask('disable_job', { name: 'cjob', test: true })).toEqual({
      ...{ comment: 'Job: cjob would be disabled in schedule.', result: true, changes: {} },
    });
    expect(await ask('disable_job', { name: 'cjob' })).toEqual({
      ...{ comment: 'Disabled Job cjob in schedule.', result: true, changes: { cjob: 'disabled' } },
    });
    expect(await ask('list', { return_yaml: false, show_disabled: false })).not.toHaveProperty('cjob');
    expect(await ask('run_job', { name: 'cjob' })).toEqual({ comment: 'Job cjob is disabled.', result: true });
    expect(await ask('run_job', { name: 'cjob', force: true })).toMatchObject({ result: true });
    expect(begun).toEqual(['cjob test.ping']);
    expect(await ask('enable_job', { name: 'cjob' })).toEqual({
      ...{ comment: 'Enabled Job cjob in schedule.', result: true, changes: { cjob: 'enabled' } },
    });
    for (const kind of ['enable', 'disable']) {
      expect(await ask(`${kind}_job`, { name: 'pjob' })).toEqual({
        ...{ comment: `Failed to ${kind} job pjob in schedule.`, result: false, changes: {} },
      });
      expect(await ask(`${kind}_job`, { name: 'none' })).toEqual({
        ...{ comment: 'Job none does not exist.', result: false, changes: {} },
      });
    }
  });

  it('switch the whole schedule', async () => {
    expect(await ask('is_enabled')).toBe(true);
    expect(await ask('disable', { test: true })).toEqual({
      ...{ comment: 'Schedule would be disabled.', result: true, changes: {} },
    });
    expect(await ask('disable')).toEqual({
      ...{ comment: 'Disabled schedule on minion.', result: true, changes: { schedule: 'disabled' } },
    });
    expect(await ask('is_enabled')).toBe(false);
    expect(await ask('enable')).toMatchObject({ comment: 'Enabled schedule on minion.' });
  });
});

describe('postponing and skipping', () => {
  const times = { current_time: '2026-11-29T19:00:00', new_time: '2026-11-29T20:00:00' };

  it.each([
    ['postpone_job', { name: 'cjob', ...times }, 'Postponed Job cjob in schedule.'],
    ['postpone_job', { name: '', ...times }, 'Job name is required.'],
    ['postpone_job', { name: 'none', ...times }, 'Job none does not exist.'],
    ['postpone_job', { name: 'pjob', ...times }, 'Failed to postpone job pjob in schedule.'],
    ['postpone_job', { name: 'cjob', ...times, current_time: '' }, 'Job current time is required.'],
    ['postpone_job', { name: 'cjob', ...times, new_time: '' }, 'Job new_time is required.'],
    ['postpone_job', { name: 'cjob', ...times, new_time: 'foo' }, 'Date string could not be parsed.'],
    ['postpone_job', { name: 'cjob', ...times, time_fmt: '%Y' }, 'Date string could not be parsed.'],
    [
      'skip_job',
      { name: 'cjob', current_time: '29.11.26 19', time_fmt: '%d.%m.%y %H' },
      'Added Skip Job cjob in schedule.',
    ],
    ['skip_job', { name: 'cjob', current_time: 'foo' }, 'Date string could not be parsed.'],
    ['skip_job', { name: 'none', current_time: times.current_time }, 'Job none does not exist.'],
    ['skip_job', { name: 'pjob', current_time: times.current_time }, 'Failed to skip job pjob in schedule.'],
  ])('%s answers %j with %s', async (fun, keyword, comment) => {
    expect(await ask(fun, keyword)).toEqual({ comment, result: /^(Postponed|Added)/.test(comment) });
  });
});

describe('looking', () => {
  it('tells when a job runs next, and writes times as asked', async () => {
    await ask('add', { name: 'a', ...ping, once: '2027-01-01T00:00:00' });
    const next = '2027-01-01T00:00:00';
    expect(await ask('show_next_fire_time', { name: 'a' })).toEqual({ result: true, next_fire_time: next });
    expect(await ask('show_next_fire_time', { name: 'none' })).toEqual({ result: true, next_fire_time: null });
    const status = { ...built, name: 'a', once: next, _splay: null };
    expect(await ask('job_status', { name: 'a' })).toEqual({
      ...{ ...status, _next_fire_time: next, _next_scheduled_fire_time: next },
    });
    expect(await ask('job_status', { name: 'a', time_fmt: '%d.%m.%y' })).toEqual({
      ...{ ...status, _next_fire_time: '01.01.27', _next_scheduled_fire_time: '01.01.27' },
    });
    expect(await ask('job_status', { name: 'none' })).toEqual({});
  });

  it('lists jobs of one place or both', async () => {
    const [pjob, cjob] = [
      { ...ping, hours: 5, enabled: true, name: 'pjob' },
      { ...ping, hours: 7, enabled: true, name: 'cjob' },
    ];
    expect(await ask('list', { return_yaml: false })).toEqual({ pjob, cjob });
    expect(await ask('list', { return_yaml: false, where: 'pillar' })).toEqual({ pjob });
    expect(await ask('list', { return_yaml: false, where: 'opts' })).toEqual({ cjob });
    expect(await ask('list')).toBe(
      'schedule:\n  cjob:\n    enabled: true\n    function: test.ping\n    hours: 7\n    name: cjob\n    saved: false\n' +
        '  pjob:\n    enabled: true\n    function: test.ping\n    hours: 5\n    name: pjob\n    saved: false\n',
    );
  });

  it.each([
    ['modify', { name: 'pjob', hours: 1 }],
    ['delete', { name: 'pjob' }],
    ['enable_job', { name: 'pjob' }],
    ['disable_job', { name: 'pjob' }],
  ])('does not foretell with `test` what it refuses to do to a job of the pillar: %s', async (fun, keyword) => {
    const refused = await ask(fun, keyword);
    expect(refused).toMatchObject({ result: false });
    expect((refused as { readonly comment: string }).comment).toMatch(/^(Cannot|Failed to) /);
    expect(await ask(fun, { ...keyword, test: true })).toEqual(refused);
  });

  it('deletes and purges all but what the pillar has', async () => {
    expect(await ask('delete', { name: 'none' })).toEqual({
      ...{ comment: 'Job none does not exist.', result: false, changes: {} },
    });
    expect(await ask('delete', { name: 'pjob' })).toEqual({
      ...{ comment: 'Failed to delete job pjob from schedule.', result: false, changes: {} },
    });
    expect(await ask('delete', { name: 'cjob', test: true })).toEqual({
      ...{ comment: 'Job: cjob would be deleted from schedule.', result: true, changes: {} },
    });
    await ask('add', { name: 'a', ...ping, hours: 1 });
    expect(await ask('delete', { name: 'a' })).toEqual({
      ...{ comment: 'Deleted Job a from schedule.', result: true, changes: { a: 'removed' } },
    });
    expect(await ask('purge')).toEqual({
      comment: ['Failed to delete job pjob from schedule.', 'Deleted job: cjob from schedule.'],
      changes: { cjob: 'removed' },
      result: true,
    });
    expect(await ask('list', { return_yaml: false })).toMatchObject({ pjob: ping });
  });
});
