import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';
import { createHeldCommand } from '../fleet/held-command.ts';

const run = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** Small disks of memory need the right to mount, which some containers do not give. */
const canMount = ((): boolean => {
  const folder = '/tmp/brine-mount-probe';
  mkdirSync(folder, { recursive: true });
  const isMounted = run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', folder);
  if (isMounted) run('umount', folder);
  rmSync(folder, { recursive: true, force: true });
  return isMounted;
})();

describe.skipIf(!canMount)('a full disk', () => {
  let fleet: Fleet;
  let minion: Daemon;
  const disks: string[] = [];

  function mountDisk(name: string, size: string): string {
    const folder = fleet.folder.at(name);
    mkdirSync(folder, { recursive: true });
    if (!run('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700`, 'none', folder)) throw new Error('mount');
    disks.push(folder);
    return folder;
  }

  /** Writes to a disk until nothing more fits; answers how to free it again. */
  function fill(folder: string): () => void {
    const file = `${folder}/filler`;
    const handle = openSync(file, 'w');
    for (let size = 1_048_576; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (;;) writeSync(handle, Buffer.alloc(size));
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
    }
    closeSync(handle);
    return () => rmSync(file);
  }

  beforeAll(async () => {
    fleet = await createFleet();
    mountDisk('master/var/cache/salt/master', '48m');
    mountDisk('web1/var/cache/salt/minion', '12m');
    await fleet.startMaster();
    minion = fleet.startMinion('web1');
    await fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
    await fleet.run('salt-key', '-A', '-y');
    await minion.logged('connected to the master');
  });

  afterAll(async () => {
    await Promise.all([minion.stop(), fleet.master().stop()]);
    for (const disk of disks) run('umount', '-l', disk);
    await fleet.end();
  });

  const ping = () => fleet.run('salt', '--static', '--out', 'json', 'web1', 'test.ping');

  /** Lets a command end while a disk is full; answers what was returned. */
  async function endWhileFull(disk: string, name: string): Promise<unknown> {
    const command = createHeldCommand(fleet.folder, name);
    const salt = fleet.start('salt', 'master', ['--static', '--out', 'json', 'web1', 'cmd.run', command.line]);
    await command.begun();
    const free = fill(disk);
    await command.release();
    const { stdout } = await salt.ended;
    expect(command.timesBegun()).toBe(1);
    // What was kept for returns is not there for the next job.
    expect((await ping()).status).not.toBe(0);
    free();
    return JSON.parse(stdout) as unknown;
  }

  it('of the master: refuses new jobs with the reason, and takes them as soon as there is room', async () => {
    const free = fill(disks[0] ?? '');
    const refused = await ping();
    expect(refused.status).not.toBe(0);
    expect(refused.stderr).toContain('is full: no job is taken until there is room');
    free();
    expect(JSON.parse((await ping()).stdout)).toEqual({ web1: true });
  });

  it('of the master: keeps the returns of jobs that run', async () => {
    expect(await endWhileFull(disks[0] ?? '', 'master-full')).toEqual({ web1: 'let go' });
    const jobs = (await fleet.json('salt-run', 'jobs.list_jobs', 'search_function=cmd.run')) as object;
    const [jid = ''] = Object.keys(jobs);
    expect(await fleet.json('salt-run', 'jobs.list_job', jid)).toMatchObject({ Status: { web1: 'ok' } });
    expect(JSON.parse((await ping()).stdout)).toEqual({ web1: true });
  });

  it('of a minion: refuses new jobs with the reason, and takes them as soon as there is room', async () => {
    const free = fill(disks[1] ?? '');
    const refused = await ping();
    expect(refused.status).not.toBe(0);
    expect(JSON.parse(refused.stdout)).toEqual({
      web1: 'The minion cannot take the job: the disk of this minion is full.',
    });
    free();
    expect(JSON.parse((await ping()).stdout)).toEqual({ web1: true });
  });

  it('of a minion: delivers the returns of jobs that run', async () => {
    expect(await endWhileFull(disks[1] ?? '', 'minion-full')).toEqual({ web1: 'let go' });
    expect(JSON.parse((await ping()).stdout)).toEqual({ web1: true });
  });
});
