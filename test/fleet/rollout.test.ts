import { existsSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

const ids = ['web1', 'web2', 'web3', 'web4'] as const;
const tally = (): string => fleet.folder.at('reached.tally');
/** Who was reached, in order. */
const reached = (): readonly string[] =>
  existsSync(tally()) ? readFileSync(tally(), 'utf8').trim().split('\n').toSorted() : [];

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  folder.write(
    'states/release.sls',
    `{% if pillar.get('broken') == grains.id %}\nbroken:\n  test.fail_without_changes: []\n{% endif %}\nreach:\n  cmd.run:\n    - name: echo {{ grains.id }} >> ${tally()}\n`,
  );
  await fleet.startMaster();
  await fleet.join(...ids);
});

afterAll(async () => {
  await fleet.end();
});

/** Result and comment of the one step of a rollout. */
function told(answer: unknown): readonly unknown[] {
  const [steps] = Object.values(answer as Readonly<Record<string, Readonly<Record<string, object>>>>);
  const [step] = Object.values(steps ?? {}) as readonly { readonly result: unknown; readonly comment: unknown }[];
  return [step?.result, step?.comment];
}

async function rollout(...args: readonly string[]): Promise<readonly unknown[]> {
  rmSync(tally(), { force: true });
  return told(await fleet.json('salt-run', 'rollout.start', 'web*', 'sls=release', 'waves=[2]', ...args));
}

interface Standing {
  readonly status: string;
  readonly state?: string;
  readonly wave?: number;
}

const status = async (jid: string): Promise<Standing> =>
  (await fleet.json('salt-run', 'rollout.status', jid)) as Standing;

/** Asks how a rollout is until it is as wanted. */
async function until(jid: string, isWanted: (standing: Standing) => boolean): Promise<Standing> {
  for (;;) {
    const standing = await status(jid);
    if (isWanted(standing)) return standing;
  }
}

describe('a rollout', () => {
  it('reaches every minion once, wave by wave', async () => {
    expect(await rollout()).toEqual([true, 'Rolled out to 4 of 4 minions in 3 waves.']);
    expect(reached()).toEqual(ids);
  });

  it('stops when a wave fails, and leaves the others alone', async () => {
    expect(await rollout("pillar={'broken': 'web2'}")).toEqual([
      false,
      'Stopped after wave 2 of 3: 1 failed, and the failure budget is 0. Failed: web2 (state.sls failed). Not reached: web4.',
    ]);
    expect(reached()).toEqual(['web1', 'web2', 'web3']);
  });

  it('stops when a wave is not healthy', async () => {
    const check = "check={'function': 'grains.get', 'arg': ['id'], 'expect': 'web1'}";
    expect(await rollout(check, 'max_failures=1')).toEqual([
      false,
      'Stopped after wave 2 of 3: 2 failed, and the failure budget is 1. Failed: web2 (grains.get failed), web3 (grains.get failed). Not reached: web4.',
    ]);
  });

  it('changes nothing in a dry run', async () => {
    expect(await rollout('test=True')).toEqual([
      null,
      'state.sls would go over 4 minions in waves of 1, 2, 1. States ran successfully. No changes made to web1, web2, web3, web4.',
    ]);
    expect(reached()).toEqual([]);
  });

  it('is held before a wave over a death of the master, and then goes on without reaching anybody twice', async () => {
    rmSync(tally(), { force: true });
    const jid = '20260101000000000321';
    const asked = fleet.start('salt-run', 'master', [
      ...['rollout.start', 'web*', 'sls=release', 'waves=[2]', 'wait=1', `orchestration_jid=${jid}`],
    ]);
    while (!Object.hasOwn((await fleet.json('salt-run', 'rollout.list')) as object, jid));
    await until(jid, ({ status: now }) => now === 'running');
    await fleet.run('salt-run', 'rollout.pause', jid, 'wave=3');
    await until(jid, ({ wave, state }) => wave === 3 && state === 'waiting');
    expect(reached()).toEqual(['web1', 'web2', 'web3']);
    await fleet.master().stop('SIGKILL');
    await asked.ended;
    const master = await fleet.startMaster();
    expect((await until(jid, ({ wave, state }) => wave === 3 && state === 'waiting')).status).toBe('paused');
    expect(reached()).toEqual(['web1', 'web2', 'web3']);
    await fleet.run('salt-run', 'rollout.resume', jid);
    await master.logged('orchestration ended', { jid, status: 'ok' });
    expect(reached()).toEqual(ids);
    const { status: ended } = await status(jid);
    expect(ended).toBe('ok');
  }, 60_000);

  it('is aborted between two waves', async () => {
    rmSync(tally(), { force: true });
    const jid = '20260101000000000322';
    const asked = fleet.start('salt-run', 'master', [
      ...['rollout.start', 'web*', 'sls=release', 'waves=[2]', 'wait=600', `orchestration_jid=${jid}`],
    ]);
    while (!Object.hasOwn((await fleet.json('salt-run', 'rollout.list')) as object, jid));
    await until(jid, ({ wave, state }) => wave === 2 && state === 'waiting');
    expect(await fleet.json('salt-run', 'rollout.abort', jid)).toBe(true);
    await asked.ended;
    expect(reached()).toEqual(['web1']);
    expect(await status(jid)).toMatchObject({ status: 'cancelled' });
  });
});
