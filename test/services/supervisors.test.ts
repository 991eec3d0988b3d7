import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPlain } from '@brine/common';
import type { Host } from '@brine/modules/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callScratch } from '../../packages/modules/test-support/scratch-context.ts';
import { createRootedHost } from '../packages/rooted-host.ts';

const supervisors = [
  {
    title: 'runit',
    folder: 'etc/service',
    source: 'etc/sv',
    first: 'runit\0',
    start: (folder: string) => spawn('runsvdir', ['-P', folder], { stdio: 'ignore' }),
    // On HUP it ends the services too.
    end: 'SIGHUP',
    programs: { sv: [] },
  },
  {
    title: 's6',
    folder: 'run/service',
    source: 'etc/services.d',
    first: '/bin/s6-svscan\0-t0\0/run/service\0',
    start: (folder: string) => spawn('s6-svscan', ['-t0', folder], { stdio: 'ignore' }),
    end: 'SIGTERM',
    programs: { 's6-svc': [], 's6-svstat': [], 's6-svok': [], 's6-svscanctl': [] },
  },
] as const;

describe.each(supervisors)('services of a real $title', ({ title, folder, source, first, start, end, programs }) => {
  let root: string;
  let host: Host;
  let supervisor: ChildProcess;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), `brine-${title}-`));
    const service = join(root, source, 'pacer');
    for (const path of [folder, `${source}/pacer`, 'proc/1']) await mkdir(join(root, path), { recursive: true });
    await writeFile(join(root, 'proc/1/cmdline'), first);
    await writeFile(join(service, 'run'), '#!/bin/sh\nexec sleep 600\n');
    await chmod(join(service, 'run'), 0o755);
    supervisor = start(join(root, folder));
    host = createRootedHost(root, programs);
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => supervisor.once('exit', resolve));
    supervisor.kill(end);
    await ended;
    await rm(root, { recursive: true, force: true, maxRetries: 10 });
  });

  const call = async (name: string): Promise<unknown> =>
    toPlain((await callScratch(name, { host, positional: name === 'service.get_all' ? [] : ['pacer'] })).value);

  it('are started, stopped, enabled and disabled', async () => {
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
    expect((await stat(join(root, folder, 'pacer', 'down'))).size).toBe(0);
    expect(await call('service.stop')).toBe(true);
    expect(await call('service.status')).toBe(false);
    expect(await call('service.restart')).toBe(true);
    await expect.poll(() => call('service.status'), { timeout: 10_000 }).toBe(true);
    expect(await call('service.stop')).toBe(true);
    expect(existsSync(join(root, source, 'pacer', 'run'))).toBe(true);
  });
});
