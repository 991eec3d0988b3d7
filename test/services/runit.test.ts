import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPlain } from '@brine/common';
import type { Host } from '@brine/modules/kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callScratch } from '../../packages/modules/test-support/scratch-context.ts';
import { createRootedHost } from '../packages/rooted-host.ts';

let root: string;
let host: Host;
let supervisor: ChildProcess;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'brine-runit-'));
  for (const folder of ['etc/service', 'etc/sv/pacer', 'proc/1']) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'proc/1/cmdline'), 'runit\0');
  await writeFile(join(root, 'etc/sv/pacer/run'), '#!/bin/sh\nexec sleep 600\n');
  await chmod(join(root, 'etc/sv/pacer/run'), 0o755);
  supervisor = spawn('runsvdir', ['-P', join(root, 'etc/service')], { stdio: 'ignore' });
  host = createRootedHost(root, { sv: [] });
});
afterAll(async () => {
  // On HUP it ends the services too.
  const ended = new Promise((resolve) => supervisor.once('exit', resolve));
  supervisor.kill('SIGHUP');
  await ended;
  await rm(root, { recursive: true, force: true, maxRetries: 10 });
});

const call = async (name: string): Promise<unknown> =>
  toPlain((await callScratch(name, { host, positional: name === 'service.get_all' ? [] : ['pacer'] })).value);

it('starts, stops, enables and disables services of a real runit', async () => {
  expect(await call('service.get_all')).toEqual(['pacer']);
  expect([await call('service.available'), await call('service.enabled'), await call('service.status')]).toEqual([
    true,
    false,
    false,
  ]);
  expect(await call('service.enable')).toBe(true);
  expect([await call('service.enabled'), await call('service.status')]).toEqual([true, false]);
  expect(await call('service.start')).toBe(true);
  expect(await call('service.status')).toBe(true);
  expect(await call('service.restart')).toBe(true);
  expect(await call('service.disable')).toBe(true);
  expect(await call('service.enabled')).toBe(false);
  // runit waits a second before it starts again what ended within one.
  await expect.poll(() => call('service.status'), { timeout: 10_000 }).toBe(true);
  expect((await stat(join(root, 'etc/service/pacer/down'))).size).toBe(0);
  expect(await call('service.stop')).toBe(true);
  expect(await call('service.status')).toBe(false);
});
