import { describeState, type FakeProgram } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';
import { watch } from './watch.ts';

// Jobs wait in a fact of the machine: number and script. What the programs print is that of at 3.2 on Debian.
type Jobs = readonly (readonly [number, string])[];
const jobsOf = (facts: ReadonlyMap<string, unknown>): Jobs => facts.get('jobs') as Jobs;
const atq: FakeProgram = (_, { facts }) =>
  jobsOf(facts)
    .map(([id]) => `${id}\tSun Nov  8 09:09:00 2026 a root\n`)
    .join('');
const at: FakeProgram = (args, { facts }, { input }) => {
  if (args[0] === '-c') return jobsOf(facts).find(([id]) => String(id) === args[1])?.[1] ?? '';
  if (args[0] === 'never') return { exitCode: 1, stderr: 'Garbled time\n' };
  facts.set('jobs', [...jobsOf(facts), [7, String(input)]]);
  return { stderr: 'warning: commands will be executed using /bin/sh\njob 7 at Sun Nov  8 09:09:00 2026\n' };
};
const atrm: FakeProgram = (args, { facts }) => {
  facts.set(
    'jobs',
    jobsOf(facts).filter(([id]) => !args.includes(String(id))),
  );
  return '';
};
const before = { programs: { at, atq, atrm }, facts: { jobs: [[3, '#!/bin/sh\n### SALT: love\necho\n']] } };
const added = { job: 7, date: '2026-11-08', time: '09:09:00', queue: 'a', user: 'root', tag: 'rose' };
const comment = 'job echo hi added and will run on 9:09 11/08/26';

describeState(present, [
  {
    title: 'adds a job with a tag',
    before,
    arguments: { name: 'echo hi', timespec: '9:09 11/08/26', tag: 'rose' },
    pending: { comment, changes: {} },
    applied: { comment, changes: added },
  },
  {
    title: 'adds nothing beside a job with the tag',
    before,
    arguments: { name: 'x', timespec: 'noon', tag: 'love', unique_tag: true },
    ok: 'atleast one job with tag love exists.',
  },
  {
    title: 'tells a time that is none',
    before,
    arguments: { name: 'echo hi', timespec: 'never' },
    pending: { comment: 'job echo hi added and will run on never', changes: {} },
    applied: { comment: 'invalid timespec', changes: {}, failed: true },
  },
  {
    title: 'misses an account',
    before,
    arguments: { name: 'x', timespec: 'noon', user: 'nobody-here' },
    fails: 'user nobody-here does not exists',
  },
]);
describeState(watch, [
  { title: 'does nothing by itself', before, arguments: { name: 'echo hi', timespec: 'noon' }, ok: '' },
  {
    title: 'adds a job when something changed',
    watched: true,
    before,
    arguments: { name: 'echo hi', timespec: '9:09 11/08/26', tag: 'rose' },
    pending: { comment, changes: {} },
    applied: { comment, changes: added },
  },
]);
describeState(absent, [
  {
    title: 'removes jobs with a tag',
    before,
    arguments: { name: 'x', tag: 'love', year: 2026 },
    pending: { comment: 'removed 1 job(s)', changes: { removed: ['3'] } },
    applied: { comment: 'removed 1 job(s)' },
  },
  { title: 'removes none of another tag', before, arguments: { name: 'x', tag: 'hate' }, ok: 'removed 0 job(s)' },
  { title: 'knows a job that is gone', before, arguments: { name: 'x', jobid: 4 }, ok: 'job with id 4 not present' },
]);
