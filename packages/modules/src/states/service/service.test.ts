import { describeState, type FakeProgram } from '@brine/testkit';
import { dead } from './dead.ts';
import { enabled } from './enabled.ts';
import { running } from './running.ts';

const script = { text: '#!/bin/sh\n', mode: 0o755 };

/** A pretended init script with what service and update-rc.d do to it. */
const programs: Record<string, FakeProgram> = {
  nginx: (_, machine) => ({ exitCode: machine.facts.get('runs') === true ? 0 : 3 }),
  service: ([, verb], machine) => {
    if (machine.facts.get('broken') === true) return { exitCode: 1, stderr: 'bad configuration' };
    machine.facts.set('runs', verb !== 'stop');
    machine.facts.set('last', verb);
    return '';
  },
  'update-rc.d': async ([name, verb], machine) => {
    const path = `/etc/rc2.d/S01${name ?? ''}`;
    if (verb === 'enable') await machine.files.write(path, new Uint8Array());
    else if (verb === 'disable') await machine.files.remove(path);
    return '';
  },
};
const files = { '/etc/init.d/nginx': script, '/etc/rc2.d': { directory: true as const } };

describeState(running, [
  {
    title: 'starts and enables a service',
    before: { files, programs, facts: { runs: false } },
    arguments: { name: 'nginx', enable: true },
    pending: { comment: 'Service nginx is set to start', changes: { nginx: true } },
    applied: { comment: 'Service nginx has been enabled, and is running' },
    verify: (host) => {
      if (host.facts.get('runs') !== true) throw new Error('it does not run');
    },
  },
  {
    title: 'has nothing to do for a service that runs',
    before: { files, programs, facts: { runs: true } },
    arguments: { name: 'nginx' },
    ok: 'The service nginx is already running',
  },
  {
    title: 'says why a service does not start',
    before: { files, programs, facts: { runs: false, broken: true } },
    arguments: { name: 'nginx' },
    pending: { comment: 'Service nginx is set to start', changes: { nginx: true } },
    applied: {
      comment: 'Service nginx failed to start: service ended with status 1: bad configuration',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'waits for a service that a package may bring',
    before: { programs },
    arguments: { name: 'nginx' },
    pending: {
      comment: 'Service nginx not present; if created in this state run, it would have been started',
      changes: {},
    },
    applied: { comment: 'The named service nginx is not available', changes: {}, failed: true },
  },
  {
    title: 'reloads when a watch fires and that is asked for',
    watched: true,
    before: { files, programs, facts: { runs: true } },
    arguments: { name: 'nginx', reload: true },
    pending: { comment: 'Service is set to be reloaded', changes: { nginx: true } },
    applied: { comment: 'Service reloaded' },
    verify: (host) => {
      if (host.facts.get('last') !== 'reload') throw new Error('it was not reloaded');
    },
  },
]);
describeState(dead, [
  {
    title: 'stops a service',
    before: { files, programs, facts: { runs: true } },
    arguments: { name: 'nginx' },
    pending: { comment: 'Service nginx is set to be killed', changes: { nginx: false } },
    applied: { comment: 'Service nginx was killed' },
  },
  {
    title: 'is content without the service',
    before: { programs },
    arguments: { name: 'none' },
    ok: 'The named service none is not available',
  },
]);
describeState(enabled, [
  {
    title: 'enables a service',
    before: { files, programs },
    arguments: { name: 'nginx' },
    pending: { comment: 'Service nginx set to be enabled', changes: { nginx: true } },
    applied: { comment: 'Service nginx has been enabled, and is in the desired state' },
  },
]);
