import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { dead } from './dead.ts';
import { running } from './running.ts';

function processesOf(machine: FakeHost): Readonly<Record<string, string>> {
  return machine.facts.get('processes') as Readonly<Record<string, string>>;
}

/** Knows processes by name with their states. */
const supervisorctl: FakeProgram = ([verb = '', name = ''], machine) => {
  const all = processesOf(machine);
  if (verb === 'status')
    return {
      exitCode: 3,
      stdout: Object.entries(all)
        .map(([each, state]) => `${each}   ${state}  pid 1\n`)
        .join(''),
    };
  const names = name.endsWith('*') ? Object.keys(all).filter((each) => each.startsWith(name.slice(0, -1))) : [name];
  const states: Readonly<Record<string, string>> = {
    add: 'STOPPED',
    start: 'RUNNING',
    restart: 'RUNNING',
    stop: 'STOPPED',
  };
  const state = states[verb];
  if (state === undefined) return 'No config updates\n';
  if (verb === 'start' && name === 'broken') return { stdout: 'broken: ERROR (no such file)\n' };
  machine.facts.set('processes', { ...all, ...Object.fromEntries(names.map((each) => [each, state])) });
  return `${name}: done\n`;
};

const before = {
  programs: { supervisorctl },
  facts: { processes: { app: 'RUNNING', idle: 'STOPPED', broken: 'FATAL', 'web:one': 'RUNNING', 'web:two': 'EXITED' } },
};

describeState({ ...running, notIdempotent: undefined as never }, [
  {
    title: 'starts what is stopped',
    before,
    arguments: { name: 'idle' },
    pending: { comment: 'Service idle will be started', changes: { idle: 'Starting service: idle' } },
    applied: { comment: 'Starting service: idle' },
  },
  {
    title: 'starts what of a group is stopped',
    before,
    arguments: { name: 'web:*' },
    pending: {
      comment: 'The following services will be started: web:two',
      changes: { 'web:': 'Starting group: web:' },
    },
    applied: { comment: 'Starting group: web:' },
  },
  {
    title: 'adds what the supervisor does not know yet',
    before,
    arguments: { name: 'new' },
    pending: {
      comment: 'Service new will be added and started',
      changes: { new: 'Adding service: new Starting: new' },
    },
    applied: { comment: 'Starting: new' },
  },
  { title: 'leaves what runs', before, arguments: { name: 'app' }, ok: 'Not starting already running service: app' },
  {
    title: 'says why something does not start',
    before,
    arguments: { name: 'broken' },
    pending: { comment: 'Service broken will be started', changes: { broken: 'Starting service: broken' } },
    applied: { comment: 'broken: ERROR (no such file)', changes: {}, failed: true },
  },
  {
    title: 'starts anew when something it watches changed',
    before,
    watched: true,
    arguments: { name: 'app' },
    pending: { comment: 'Service app will be restarted', changes: { app: 'Restarting service: app' } },
    applied: { comment: 'Restarting service: app' },
  },
]);

describeState(dead, [
  {
    title: 'stops what runs',
    before,
    arguments: { name: 'app' },
    pending: { comment: 'Service app is set to be stopped', changes: { app: 'Stopping service: app' } },
    applied: { comment: 'Stopping service: app' },
  },
  { title: 'leaves what is stopped', before, arguments: { name: 'idle' }, ok: 'Service idle is not running' },
  { title: 'knows no such thing', before, arguments: { name: 'x' }, ok: "Service x doesn't exist" },
]);
