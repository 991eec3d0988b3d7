import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, processesOf, type Daemon, type Fleet } from './fleet.ts';

let fleet: Fleet;
let minion: Daemon;

beforeAll(async () => {
  fleet = await createFleet();
  await fleet.startMaster();
  const [started] = await fleet.join('web1');
  if (started === undefined) throw new Error('no minion');
  minion = started;
});

afterAll(async () => {
  await fleet.end();
});

const pidFile = (): string => fleet.folder.at('web1/var/run/salt-minion.pid');
const ask = async (...words: readonly string[]): Promise<unknown> => fleet.json('salt', '--static', 'web1', ...words);

async function minionsEnded(): Promise<void> {
  const isMinion = ({ command }: { readonly command: string }): boolean => command.includes('salt-minion');
  while (processesOf(fleet.folder.path).some(isMinion)) await new Promise((resolve) => setImmediate(resolve));
}

describe('a minion', () => {
  it('ends when it is killed by a job, whose return the master has all the same', async () => {
    expect(existsSync(pidFile())).toBe(true);
    expect(await ask('minion.kill')).toEqual({ web1: { killed: minion.pid, retcode: 0 } });
    expect(await minion.ended).toMatchObject({ status: 0 });
    expect(existsSync(pidFile())).toBe(false);
  });

  it('in the foreground leaves it to others to start it again, or to the command that is configured', async () => {
    const plain = fleet.startMinion('web1');
    await plain.logged('connected to the master');
    expect(await ask('minion.restart')).toEqual({
      web1: {
        ...{ killed: plain.pid, retcode: 0, restart: {} },
        comment: ['Not running in daemon mode - will not restart process after killing'],
      },
    });
    expect(await plain.ended).toMatchObject({ status: 0 });
    const witness = fleet.folder.at('restarted');
    const configured = fleet.startMinion('web1', { minion_restart_command: ['cp', pidFile(), '/none', witness] });
    await configured.logged('connected to the master');
    await ask('minion.restart');
    await configured.logged('minion could not be started again', { reason: 'it ended (1)' });
    expect(await configured.ended).toMatchObject({ status: 0 });
    const good = fleet.startMinion('web1', { minion_restart_command: ['touch', witness] });
    await good.logged('connected to the master');
    await ask('minion.restart');
    await good.ended;
    expect(existsSync(witness)).toBe(true);
  });

  it('in the background starts itself again, and ends for a salt-call beside it', async () => {
    fleet.folder.configureMinion('web1');
    const before = fleet.master().mark();
    expect(await fleet.start('salt-minion', 'web1', ['-d']).ended).toMatchObject({ status: 0 });
    await fleet.master().logged('minion connected', { minion: 'web1' }, before);
    const first = Number(readFileSync(pidFile(), 'utf8'));
    const mark = fleet.master().mark();
    expect(await ask('minion.restart')).toMatchObject({ web1: { killed: first, retcode: 0 } });
    await fleet.master().logged('minion connected', { minion: 'web1' }, mark);
    expect(await ask('test.ping')).toEqual({ web1: true });
    const second = Number(readFileSync(pidFile(), 'utf8'));
    expect(second).not.toBe(first);
    const { stdout } = await fleet.call('web1', 'minion.kill', '--out', 'json');
    expect(JSON.parse(stdout)).toEqual({ local: { killed: second, retcode: 0 } });
    await minionsEnded();
  });
});
