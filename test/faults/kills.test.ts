import { rmSync, writeFileSync } from 'node:fs';
import { encodePublicKey, generateIdentity } from '@brine/bus';
import { masterFailpoints } from '@brine/master';
import { minionFailpoints } from '@brine/minion';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';
import { createJobRecord, type JobRecord } from './job-record.ts';

/** `npm run test:faults` strikes at every failpoint, `npm test` at the most telling. */
const isLong = process.env['BRINE_FAULTS'] === 'all';
const telling = new Set([
  ...['store.addJob.after', 'store.finish.before', 'store.abandon.before', 'keys.move.after'],
  ...['journal.accept.after', 'journal.finish.after', 'record-log.rewritten'],
]);

let fleet: Fleet;
let jobs: JobRecord;
let minion: Daemon;
let turn = 0;

beforeAll(async () => {
  fleet = await createFleet('../test/faults/failing-daemon.mjs');
  jobs = createJobRecord(fleet);
  fleet.folder.write(
    'states/orch/kill.sls',
    `{% set line = pillar['line'] %}
asks:
  salt.function:
    - name: cmd.run
    - tgt: web1
    - arg: ['{{ line }}']
tells:
  salt.runner:
    - name: test.arg
    - require: [salt: asks]
`,
  );
  fleet.folder.write('states/top.sls', "base:\n  '*':\n    - site\n");
  fleet.folder.write('states/site.sls', `${fleet.folder.at('kept')}:\n  file.managed:\n    - contents: kept\n`);
  await fleet.startMaster();
  minion = fleet.startMinion('web1', { recon_default: 50, recon_max: 200 });
  await fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
  await fleet.run('salt-key', '-A', '-y');
  await minion.logged('connected to the master');
});

afterAll(async () => {
  await fleet.end();
});

const command = (token: string): string => jobs.command(token);
const submit: JobRecord['submit'] = (id, token, ...options) => jobs.submit(id, token, ...options);

/** Puts the key of a minion that never comes where keys wait. */
function addGhost(): string {
  turn += 1;
  const id = `ghost${turn}`;
  const text = encodePublicKey('minion', generateIdentity('minion').identity.publicKey);
  fleet.folder.write(`master/etc/salt/pki/master/minions_pre/${id}`, text, 0o600);
  return id;
}

/** A ghost whose key is accepted. */
async function addAcceptedGhost(): Promise<string> {
  const id = addGhost();
  expect(await fleet.run('salt-key', '-a', id, '-y')).toMatchObject({ status: 0 });
  return id;
}

type Provoke = (token: string, strike: () => void) => Promise<void>;

const byJob: Provoke = async (token, strike) => {
  strike();
  await submit('web1', token);
};
const byBatch: Provoke = async (token, strike) => {
  strike();
  await fleet.run('salt', '-b', '1', 'web1', 'cmd.run', command(token));
};
const byExpiry: Provoke = async (token, strike) => {
  const ghost = await addAcceptedGhost();
  strike();
  await submit(ghost, token, '-t', '1');
};
/** The ghost has a job that waits for it. What was begun is asked for once more when the master is back. */
const byDeletion: Provoke = async (token, strike) => {
  const ghost = await addAcceptedGhost();
  await submit(ghost, token, '--durable');
  strike();
  await fleet.run('salt-key', '-d', ghost, '-y');
};
const byAcceptance: Provoke = async (_token, strike) => {
  const ghost = addGhost();
  strike();
  await fleet.run('salt-key', '-a', ghost, '-y');
};
const byNewcomer: Provoke = async (_token, strike) => {
  turn += 1;
  strike();
  const newcomer = fleet.startMinion(`new${turn}`);
  await fleet.master().ended;
  await newcomer.stop();
};
const byReconnect: Provoke = async (_token, strike) => {
  await minion.stop();
  strike();
  minion = fleet.startMinion('web1', { recon_default: 50, recon_max: 200 });
};
/** Numbers of publications are reserved with the first one that a master signs. */
const byFirstPublication: Provoke = async (token, strike) => {
  await fleet.master().stop();
  const mark = minion.mark();
  await fleet.startMaster();
  await minion.logged('connected to the master', {}, mark);
  strike();
  await submit('web1', token);
};
const byRestart: Provoke = async (_token, strike) => {
  await fleet.master().stop();
  strike();
  await fleet.start('../test/faults/failing-daemon.mjs', 'master', []).ended;
};
const byOrchestration: Provoke = async (token, strike) => {
  strike();
  await fleet.run('salt-run', 'state.orchestrate', 'orch.kill', `pillar=${JSON.stringify({ line: command(token) })}`);
};
const byMinionRestart: Provoke = async (token, strike) => {
  await submit('web1', token);
  await minion.stop();
  strike();
  await fleet.start('../test/faults/failing-daemon.mjs', 'web1', []).ended;
};

/** A run of the converge loop writes down what it watches from then on; the next daemon reads it. */
const byConverge: Provoke = async (_token, strike) => {
  await minion.stop();
  strike();
  const converge = { interval: '1h', splay: 0, mode: 'enforce' };
  minion = fleet.startMinion('web1', { recon_default: 50, recon_max: 200, converge });
};

/** How a failpoint is come to, by the part of its name that says so. */
const provocations: readonly (readonly [RegExp, Provoke])[] = [
  [/^store\.(?:addJob|advance|finish)\./, byJob],
  [/^store\.release\./, byBatch],
  [/^store\.expireQueued\./, byExpiry],
  [/^(?:store\.(?:abandon|removeMinion)|keys\.remove)\./, byDeletion],
  [/^store\.saveMinion\./, byReconnect],
  [/^store\.prune\./, byRestart],
  [/^store\.setCounter\./, byFirstPublication],
  [/^keys\.put\./, byNewcomer],
  [/^keys\.move\./, byAcceptance],
  [/^orchestration\./, byOrchestration],
  [/^converge\./, byConverge],
  [/^record-log\.(?:rewritten|replaced)$/, byMinionRestart],
  [/^(?:journal|record-log)\./, byJob],
];

function provocationOf(failpoint: string): Provoke {
  const found = provocations.find(([names]) => names.test(failpoint));
  if (found === undefined) throw new Error(`nothing comes to ${failpoint}`);
  return found[1];
}

/** Lets a daemon die at a failpoint, brings it up again, and answers when the fleet works. */
async function killAt(failpoint: string, side: 'master' | 'minion'): Promise<void> {
  const trip = fleet.folder.at('failpoint');
  const mark = minion.mark();
  await provocationOf(failpoint)(failpoint, () => writeFileSync(trip, failpoint));
  const victim = side === 'master' ? fleet.master() : minion;
  // SIGKILL, or (of those that die while they start) the good end of the one before.
  expect((await victim.ended).status === null || /^(?:record-log\.re|store\.prune)/.test(failpoint)).toBe(true);
  rmSync(trip, { force: true });
  if (side === 'master') {
    await fleet.startMaster();
    const now = failpoint.startsWith('store.saveMinion') ? 0 : mark;
    await minion.logged('connected to the master', {}, now);
  } else {
    minion = fleet.startMinion('web1', { recon_default: 50, recon_max: 200 });
    await minion.logged('connected to the master');
  }
  expect(await fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
}

/** Ghosts are deleted first, which ends what waits for them. */
async function violations(): Promise<readonly string[]> {
  const { minions } = (await fleet.json('salt-key', '-L')) as { readonly minions: readonly string[] };
  if (minions.some((id) => id.startsWith('ghost'))) await fleet.run('salt-key', '-d', 'ghost*', '-y');
  return jobs.violations();
}

const chosen = (names: readonly string[]): readonly string[] => names.filter((name) => isLong || telling.has(name));

afterEach(() => rmSync(fleet.folder.at('failpoint'), { force: true }));

describe('when the master is killed at', () => {
  it.each(chosen(masterFailpoints))(
    '%s, no job is lost, runs twice or stays without an end',
    async (name) => {
      await killAt(name, 'master');
      expect(await violations()).toEqual([]);
    },
    120_000,
  );
});

describe('when the minion is killed at', () => {
  it.each(chosen(minionFailpoints))(
    '%s, no job is lost, runs twice or stays without an end',
    async (name) => {
      await killAt(name, 'minion');
      expect(await violations()).toEqual([]);
    },
    120_000,
  );
});
