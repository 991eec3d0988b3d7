import { describeState, type FakeHostSetup, type FakeProgram } from '@brine/testkit';
import { dead } from './dead.ts';
import { disabled } from './disabled.ts';
import { enabled } from './enabled.ts';
import { masked } from './masked.ts';
import { running } from './running.ts';
import { unmasked } from './unmasked.ts';

/** The unit files and processes of a pretended systemd, in the facts `enabled` and `active`. */
const systemctl: FakeProgram = (args, machine) => {
  const verb = args[0] ?? '';
  const state = String(machine.facts.get('enabled'));
  if (verb === 'show') return `LoadState=${machine.facts.get('known') === false ? 'not-found' : 'loaded'}\n`;
  if (verb === 'is-active') return { exitCode: machine.facts.get('active') === true ? 0 : 3 };
  if (verb === 'is-enabled') return { exitCode: state === 'enabled' ? 0 : 1, stdout: `${state}\n` };
  const states: Record<string, string> = { enable: 'enabled', disable: 'disabled', unmask: 'disabled', mask: 'masked' };
  if (states[verb] !== undefined)
    machine.facts.set('enabled', args.includes('--runtime') && verb === 'mask' ? 'masked-runtime' : states[verb]);
  else if (state.startsWith('masked')) return { exitCode: 1, stderr: 'Unit is masked.\n' };
  else machine.facts.set('active', verb !== 'stop');
  return '';
};

function systemd(facts: Readonly<Record<string, unknown>>): FakeHostSetup {
  return {
    files: { '/run/systemd/system': { directory: true } },
    programs: { systemctl },
    facts: { enabled: 'disabled', active: false, ...facts },
  };
}

function openrc(facts: Readonly<Record<string, unknown>>): FakeHostSetup {
  return {
    files: { '/run/openrc': { directory: true } },
    facts: { level: '', active: false, ...facts },
    programs: {
      'rc-service': ([first, verb], machine) => {
        if (first === '--exists') return '';
        if (verb === 'status') return { exitCode: machine.facts.get('active') === true ? 0 : 3 };
        machine.facts.set('active', verb !== 'stop');
        return '';
      },
      'rc-update': ([verb], machine) => {
        if (verb === 'show') return ` sshd | ${String(machine.facts.get('level'))}\n`;
        machine.facts.set('level', verb === 'add' ? 'default' : '');
        return '';
      },
    },
  };
}

describeState(running, [
  {
    title: 'starts and enables a unit of systemd',
    before: systemd({}),
    arguments: { name: 'nginx', enable: true },
    pending: { comment: 'Service nginx is set to start', changes: { nginx: true } },
    applied: { comment: 'Service nginx has been enabled, and is running' },
  },
  {
    title: 'unmasks a unit first when asked to',
    before: systemd({ enabled: 'masked' }),
    arguments: { name: 'nginx', unmask: true },
    pending: { comment: 'Service nginx is set to start', changes: { nginx: true } },
    applied: { comment: 'Started service nginx' },
  },
  {
    title: 'tells that a unit is masked',
    before: systemd({ enabled: 'masked' }),
    arguments: { name: 'nginx' },
    pending: { comment: 'Service nginx is set to start', changes: { nginx: true } },
    applied: {
      comment: 'Service nginx failed to start: systemctl ended with status 1: Unit is masked.',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'starts and enables a service of OpenRC',
    before: openrc({}),
    arguments: { name: 'sshd', enable: true },
    pending: { comment: 'Service sshd is set to start', changes: { sshd: true } },
    applied: { comment: 'Service sshd has been enabled, and is running' },
  },
]);
describeState(dead, [
  {
    title: 'stops and disables a unit of systemd',
    before: systemd({ active: true, enabled: 'enabled' }),
    arguments: { name: 'nginx', enable: false },
    pending: { comment: 'Service nginx is set to be killed', changes: { nginx: false } },
    applied: { comment: 'Service nginx has been disabled, and is dead' },
  },
  {
    title: 'stops a service of OpenRC when a watch fires',
    watched: true,
    before: openrc({ active: true }),
    arguments: { name: 'sshd' },
    pending: { comment: 'Service is set to be stopped', changes: { sshd: true } },
    applied: { comment: 'Service stopped' },
  },
]);
describeState(enabled, [
  {
    title: 'enables a service of OpenRC',
    before: openrc({}),
    arguments: { name: 'sshd' },
    pending: { comment: 'Service sshd set to be enabled', changes: { sshd: true } },
    applied: { comment: 'Service sshd has been enabled, and is in the desired state' },
  },
]);
describeState(disabled, [
  {
    title: 'disables a unit of systemd',
    before: systemd({ enabled: 'enabled' }),
    arguments: { name: 'nginx' },
    pending: { comment: 'Service nginx set to be disabled', changes: { nginx: true } },
    applied: { comment: 'Service nginx has been disabled, and is in the desired state' },
  },
  {
    title: 'is content without the unit',
    before: systemd({ known: false }),
    arguments: { name: 'nginx' },
    ok: 'The named service nginx is not available',
  },
]);
describeState(masked, [
  {
    title: 'masks a unit until the next boot',
    before: systemd({}),
    arguments: { name: 'cups', runtime: true },
    pending: {
      comment: 'Service cups would be runtime masked',
      changes: { 'runtime masked': { old: false, new: true } },
    },
    applied: { comment: 'Service cups was runtime masked' },
  },
  {
    title: 'is refused where nothing can be masked',
    before: openrc({}),
    arguments: { name: 'cups' },
    fails: 'Service masking not available on this minion',
  },
]);
describeState(unmasked, [
  {
    title: 'unmasks a unit',
    before: systemd({ enabled: 'masked' }),
    arguments: { name: 'cups' },
    pending: { comment: 'Service cups would be unmasked', changes: { masked: { old: true, new: false } } },
    applied: { comment: 'Service cups was unmasked' },
  },
  {
    title: 'has nothing to do for a unit that is not masked',
    before: systemd({}),
    arguments: { name: 'cups' },
    ok: 'Service cups is already unmasked',
  },
]);
