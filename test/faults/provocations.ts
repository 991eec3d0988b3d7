// oxlint-disable max-lines -- one way to each failpoint, beside the table of them
import { existsSync, readFileSync, rmSync } from 'node:fs';
import {
  createMinionBus,
  createZeromqTransport,
  encodePublicKey,
  fingerprint,
  generateIdentity,
  parsePublicKey,
} from '@brine/bus';
import { parseMinionId, silentLogger, systemClock } from '@brine/common';
import { expect, vi } from 'vitest';
import { damageLastPage } from '../fleet/damage-page.ts';
import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';
import type { Settings } from '../fleet/fleet-folder.ts';
import type { JobRecord } from './job-record.ts';

/** Minions come back quickly. */
export const quick = { recon_default: 50, recon_max: 200 };

/** Where daemons are struck. */
export interface Stage {
  readonly fleet: Fleet;
  readonly jobs: JobRecord;
  /** The minion `web1` that was started last. */
  minion: Daemon;
  /** What `web1` is started with. */
  readonly settings: Settings;
  /** What the master is started with. */
  readonly masterSettings: Settings;
  /** Tells names apart. */
  turn: number;
  /** Whether daemons are stopped for a while, not killed. */
  readonly isStopping: boolean;
  /** Resolves when a daemon was struck: it died, or goes on again. */
  struck(daemon: Daemon): Promise<unknown>;
}

/** Puts the key of a minion that never comes where keys wait. */
function addGhost(stage: Stage): string {
  stage.turn += 1;
  const id = `ghost${stage.turn}`;
  const text = encodePublicKey('minion', generateIdentity('minion').identity.publicKey);
  stage.fleet.folder.write(`master/etc/salt/pki/master/minions_pre/${id}`, text, 0o600);
  return id;
}

/** A ghost whose key is accepted. */
async function addAcceptedGhost(stage: Stage): Promise<string> {
  const id = addGhost(stage);
  expect(await stage.fleet.run('salt-key', '-a', id, '-y')).toMatchObject({ status: 0 });
  return id;
}

/** Comes to a failpoint; resolves with what is to be proven once the daemon is up again. */
export type Provoke = (stage: Stage, failpoint: string, strike: () => void) => Promise<void | (() => Promise<void>)>;

const byJob: Provoke = async (stage, token, strike) => {
  strike();
  await stage.jobs.submit('web1', token);
};
const byBatch: Provoke = async (stage, token, strike) => {
  strike();
  await stage.fleet.run('salt', '-b', '1', 'web1', 'cmd.run', stage.jobs.command(token));
};
const byExpiry: Provoke = async (stage, token, strike) => {
  const ghost = await addAcceptedGhost(stage);
  strike();
  await stage.jobs.submit(ghost, token, '-t', '1');
};
/** The ghost has a job that waits for it. What was begun is asked for once more when the master is back. */
const byDeletion: Provoke = async (stage, token, strike) => {
  const ghost = await addAcceptedGhost(stage);
  await stage.jobs.submit(ghost, token, '--durable');
  strike();
  await stage.fleet.run('salt-key', '-d', ghost, '-y');
};
const byAcceptance: Provoke = async (stage, _token, strike) => {
  const ghost = addGhost(stage);
  strike();
  await stage.fleet.run('salt-key', '-a', ghost, '-y');
};
const byNewcomer: Provoke = async (stage, _token, strike) => {
  stage.turn += 1;
  strike();
  const newcomer = stage.fleet.startMinion(`new${stage.turn}`);
  await stage.struck(stage.fleet.master());
  await newcomer.stop();
};
const byReconnect: Provoke = async (stage, _token, strike) => {
  await stage.minion.stop();
  strike();
  stage.minion = stage.fleet.startMinion('web1', stage.settings);
};
/** Numbers of publications are reserved with the first one that a master signs. */
const byFirstPublication: Provoke = async (stage, token, strike) => {
  await stage.fleet.master().stop();
  const mark = stage.minion.mark();
  await stage.fleet.startMaster(stage.masterSettings);
  await stage.minion.logged('connected to the master', {}, mark);
  strike();
  await stage.jobs.submit('web1', token);
};
const byRestart: Provoke = async (stage, _token, strike) => {
  await stage.fleet.master().stop();
  strike();
  await stage.fleet.start('../test/faults/failing-daemon.mjs', 'master', []).ended;
};
const byOrchestration: Provoke = async (stage, token, strike) => {
  strike();
  await stage.fleet.run(
    'salt-run',
    'state.orchestrate',
    'orch.kill',
    `pillar=${JSON.stringify({ line: stage.jobs.command(token) })}`,
  );
};
const byMinionRestart: Provoke = async (stage, token, strike) => {
  await stage.jobs.submit('web1', token);
  await stage.minion.stop();
  strike();
  await stage.fleet.start('../test/faults/failing-daemon.mjs', 'web1', []).ended;
};

/** Whether a step is done: one that was only stopped before it is done in the end. */
const isDone = (stage: Stage, failpoint: string): boolean => stage.isStopping || !failpoint.endsWith('.before');
export const watched = { timeout: process.env['BRINE_FAULTS'] === 'all' ? 120_000 : 40_000, interval: 50 };

interface Tokens {
  readonly [name: string]: { readonly status: string; readonly used_by?: string };
}
const tokensNow = async (stage: Stage): Promise<Tokens> =>
  (await stage.fleet.json('salt-key', '--token', 'list')) as Tokens;
async function createToken(stage: Stage): Promise<{ readonly name: string; readonly text: string }> {
  const text = (await stage.fleet.run('salt-key', '--token', 'create')).stdout.trim().split('\n')[0] ?? '';
  return { text, name: text.split('.')[0] ?? '' };
}
const byTokenCreation: Provoke = async (stage, failpoint, strike) => {
  const before = Object.keys(await tokensNow(stage));
  strike();
  await createToken(stage);
  return async () => {
    expect(Object.keys(await tokensNow(stage))).toHaveLength(before.length + (isDone(stage, failpoint) ? 1 : 0));
    const { name } = await createToken(stage);
    expect(JSON.stringify(await tokensNow(stage))).toContain(name);
  };
};
const byTokenRevocation: Provoke = async (stage, failpoint, strike) => {
  const { name } = await createToken(stage);
  strike();
  await stage.fleet.run('salt-key', '--token', 'revoke', name);
  return async () => {
    expect(JSON.stringify(await tokensNow(stage)).includes(name)).toBe(!isDone(stage, failpoint));
    await stage.fleet.run('salt-key', '--token', 'revoke', name);
    expect(JSON.stringify(await tokensNow(stage))).not.toContain(name);
  };
};
/** Whoever showed the token is let in with it when the master is back, and nobody else is. */
const byTokenUse: Provoke = async (stage, _failpoint, strike) => {
  const { text } = await createToken(stage);
  stage.turn += 1;
  const [first, second] = [`token${stage.turn}`, `late${stage.turn}`];
  strike();
  const newcomer = stage.fleet.startMinion(first, { join_token: text, recon_default: 50, recon_max: 200 });
  await stage.struck(stage.fleet.master());
  return async () => {
    await newcomer.logged('connected to the master');
    const other = stage.fleet.startMinion(second, { join_token: text });
    await stage.fleet.master().logged('key changed', { id: second, action: 'pending' });
    await Promise.all([newcomer.stop(), other.stop()]);
    await stage.fleet.run('salt-key', '-d', first, '-y');
    await stage.fleet.run('salt-key', '-d', second, '-y');
  };
};
const byRestore: Provoke = async (stage, failpoint, strike) => {
  const ghost = await addAcceptedGhost(stage);
  await stage.fleet.run('salt-key', '-d', ghost, '-y');
  strike();
  await stage.fleet.run('salt-key', '--restore', ghost);
  return async () => {
    const accepted = async (): Promise<boolean> =>
      ((await stage.fleet.json('salt-key', '-L')) as { readonly minions: readonly string[] }).minions.includes(ghost);
    expect(await accepted()).toBe(isDone(stage, failpoint));
    if (!isDone(stage, failpoint)) await stage.fleet.run('salt-key', '--restore', ghost);
    expect(await accepted()).toBe(true);
  };
};

const ofMaster = (stage: Stage, name: string): string => stage.fleet.folder.at('master/etc/salt/pki/master', name);
const ofMinion = (stage: Stage, name: string): string => stage.fleet.folder.at('web1/etc/salt/pki/minion', name);
const textOf = (file: string): string => readFileSync(file, 'utf8').trim();

/** Both sides agree on a key of the minion, and nothing of its renewal is left. */
const byRenewal: Provoke = async (stage, failpoint, strike) => {
  const before = textOf(ofMinion(stage, 'minion.pub'));
  strike();
  await stage.fleet.run('salt-key', '--rotate', 'web1');
  return async () => {
    await vi.waitFor(() => {
      const present = textOf(ofMinion(stage, 'minion.pub'));
      expect(present === before).toBe(!isDone(stage, failpoint) && failpoint === 'renewals.order.before');
      expect(textOf(ofMaster(stage, 'minions/web1'))).toBe(present);
      const left = [
        ofMaster(stage, 'minions_to_renew/web1'),
        ofMinion(stage, 'minion.pem.next'),
        ofMinion(stage, 'minion.succession'),
      ];
      expect(left.filter((file) => existsSync(file))).toEqual([]);
    }, watched);
    await stage.minion.stop();
    stage.minion = stage.fleet.startMinion('web1', stage.settings);
    await stage.minion.logged('connected to the master');
  };
};
/** The minion follows whatever key the master has now, and the files of that key belong together. */
const byMasterRotation: Provoke = async (stage, failpoint, strike) => {
  const before = textOf(ofMaster(stage, 'master.pub'));
  strike();
  await stage.fleet.run('salt-key', '--rotate-master', '-y');
  if (!failpoint.startsWith('master-key')) await stage.struck(stage.minion);
  return async () => {
    const present = textOf(ofMaster(stage, 'master.pub'));
    expect(present === before).toBe(
      !stage.isStopping && ['master-key.rotate.before', 'master-key.linked'].includes(failpoint),
    );
    expect(textOf(ofMinion(stage, 'minion_master.pub'))).toBe(present);
    await stage.fleet.run('salt-key', '--rotate-master', '-y');
    expect(await stage.fleet.json('salt', '--static', '-t', '30', 'web1', 'test.ping')).toEqual({ web1: true });
    expect(textOf(ofMinion(stage, 'minion_master.pub'))).toBe(textOf(ofMaster(stage, 'master.pub')));
  };
};

const rules = async (stage: Stage): Promise<string> =>
  JSON.stringify(await stage.fleet.json('salt-run', 'reactor.list'));
const byRule: Provoke = async (stage, failpoint, strike) => {
  stage.turn += 1;
  const tag = `rule${stage.turn}/*`;
  const isRemoval = failpoint.startsWith('reactor.remove');
  if (isRemoval) await stage.fleet.run('salt-run', 'reactor.add', tag, stage.fleet.folder.at('reactor/note.sls'));
  strike();
  const rest = isRemoval ? [] : [stage.fleet.folder.at('reactor/note.sls')];
  await stage.fleet.run('salt-run', isRemoval ? 'reactor.delete' : 'reactor.add', tag, ...rest);
  return async () => expect((await rules(stage)).includes(tag)).toBe(isRemoval !== isDone(stage, failpoint));
};
/** An event that was kept is reacted to, at least once. */
const byEvent: Provoke = async (stage, failpoint, strike) => {
  strike();
  await stage.fleet.run('salt-run', 'event.send', 'note/now', JSON.stringify({ line: failpoint }));
  await stage.struck(stage.fleet.master());
  return async () => {
    const next = `${failpoint}-next`;
    await stage.fleet.run('salt-run', 'event.send', 'note/now', JSON.stringify({ line: next }));
    const noted = (): readonly string[] => textOf(stage.fleet.folder.at('effects-of-reactions')).split('\n');
    await vi.waitFor(() => expect(noted()).toContain(next), watched);
    expect(noted().includes(failpoint)).toBe(stage.isStopping || failpoint !== 'reactor.addEvent.before');
  };
};
/** The orchestration of an event runs once, though the event is handled again. */
const byDurableReaction: Provoke = async (stage, token, strike) => {
  // A master that dies has a log of its own when it is back.
  const mark = stage.isStopping ? stage.fleet.master().mark() : 0;
  strike();
  await stage.fleet.run(
    'salt-run',
    'event.send',
    'orchestrate/now',
    JSON.stringify({ line: stage.jobs.command(token) }),
  );
  await stage.struck(stage.fleet.master());
  return async () => {
    await stage.fleet.master().logged('reaction done', { id: 'begun' }, mark);
    expect(stage.jobs.ran().filter((ran) => ran === token)).toEqual([token]);
  };
};
/** What a minion tells of its converging is told again until it is kept. */
const byConverging: Provoke = async (stage, _failpoint, strike) => {
  await stage.minion.stop();
  strike();
  stage.minion = stage.fleet.startMinion('web1', { ...stage.settings, converge });
  await stage.struck(stage.fleet.master());
  return async () =>
    vi.waitFor(
      async () => expect(await stage.fleet.json('salt-run', 'converge.status')).toHaveProperty('web1'),
      watched,
    );
};
/** Only a broadcast moves the mark, and there is none for fewer than 17 minions: this is the rest of them. */
async function withCrowd(stage: Stage, work: () => Promise<unknown>): Promise<void> {
  const { fleet } = stage;
  const members = Array.from({ length: 16 }, (_, index) => ({ id: `crowd${index}`, ...generateIdentity('minion') }));
  for (const { id, identity } of members) {
    const text = encodePublicKey('minion', identity.publicKey);
    fleet.folder.write(`master/etc/salt/pki/master/minions_pre/${id}`, text, 0o600);
  }
  await fleet.run('salt-key', '-a', 'crowd*', '-y');
  const buses = members.map(({ id, identity }) =>
    createMinionBus({
      ...{ identity, clock: systemClock, logger: silentLogger, random: Math.random },
      transport: createZeromqTransport(),
      id: parseMinionId(id) ?? expect.fail(id),
      master: () => ({ host: '127.0.0.1', port: fleet.folder.returnPort }),
      trust: { kind: 'first-use', pin: async () => {} },
      sequenceStore: { load: async () => 0n, save: async () => {} },
      onPublication: async () => {},
      onRequest: async () => new Uint8Array(),
      onState: () => {},
    }),
  );
  try {
    for (const bus of buses) bus.start();
    await vi.waitFor(async () => expect(await fleet.json('salt-run', 'manage.present')).toHaveLength(17), watched);
    await work();
  } finally {
    await Promise.all(buses.map(async (bus) => bus.stop()));
  }
}

const byBroadcast: Provoke = async (stage, token, strike) => {
  await withCrowd(stage, async () => {
    strike();
    await stage.fleet.run('salt', '--async', '*', 'cmd.run', stage.jobs.command(token));
    await stage.struck(stage.minion);
  });
  return async () => {
    await stage.fleet.run('salt-key', '-d', 'crowd*', '-y');
    await vi.waitFor(() => expect(stage.jobs.ran()).toContain(token), watched);
  };
};
const bySchedule: Provoke = async (stage, failpoint, strike) => {
  stage.turn += 1;
  const name = `nightly${stage.turn}`;
  strike();
  await stage.fleet.run('salt', '--async', 'web1', 'schedule.add', name, 'function=test.ping', 'hours=8');
  await stage.struck(stage.minion);
  return async () => {
    const listed = await stage.fleet.json('salt', '--static', 'web1', 'schedule.list', 'return_yaml=False');
    expect(JSON.stringify(listed).includes(name)).toBe(isDone(stage, failpoint));
  };
};

/** The clock of the master is set back by an hour, and put right again. */
const byClock: Provoke = async (stage, token, strike) => {
  const ghost = await addAcceptedGhost(stage);
  await stage.jobs.submit(ghost, token, '--durable');
  strike();
  stage.fleet.folder.write('clock-master', '-3600000');
  await stage.struck(stage.fleet.master());
  rmSync(stage.fleet.folder.at('clock-master'), { force: true });
};
const mine = async (stage: Stage): Promise<unknown> =>
  Object.keys((await stage.fleet.json('salt-run', 'mine.get', 'web1', 'line')) as object);
const byMine: Provoke = async (stage, failpoint, strike) => {
  const isRemoval = failpoint.startsWith('store.remove');
  const send = ['web1', 'mine.send', 'line', 'mine_function=test.ping'];
  const change = isRemoval ? ['web1', 'mine.flush'] : send;
  await stage.fleet.run('salt', ...(isRemoval ? send : ['web1', 'mine.flush']));
  strike();
  await stage.fleet.run('salt', '--async', ...change);
  await stage.struck(stage.fleet.master());
  // Whoever asked is told of the failure or asks again: in either case it can be done now.
  return async () => {
    await stage.fleet.run('salt', ...change);
    expect(await mine(stage)).toEqual(isRemoval ? [] : ['web1']);
  };
};
const apiKeys = async (stage: Stage): Promise<string> =>
  JSON.stringify(await stage.fleet.json('salt-run', 'auth.list_keys'));
const byApiKey: Provoke = async (stage, failpoint, strike) => {
  stage.turn += 1;
  const name = `key${stage.turn}`;
  const create = ['auth.create_key', name, 'permissions=["test.ping"]'];
  const isRemoval = failpoint.startsWith('access-tokens.remove');
  const created = isRemoval ? await stage.fleet.run('salt-run', ...create, '--out', 'txt') : undefined;
  const isByToken = failpoint.startsWith('access-tokens.remove.');
  const token = /[\w.-]{40,}/.exec(created?.stdout ?? '')?.[0] ?? '';
  const remove = isByToken ? ['auth.del_token', token] : ['auth.revoke_key', name];
  strike();
  await stage.fleet.run('salt-run', ...(isRemoval ? remove : create));
  return async () => {
    expect((await apiKeys(stage)).includes(name)).toBe(isRemoval !== isDone(stage, failpoint));
    await stage.fleet.run('salt-run', ...remove);
    expect(await apiKeys(stage)).not.toContain(name);
  };
};
const byBank: Provoke = async (stage, failpoint, strike) => {
  const isRemoval = failpoint.startsWith('banks.flush');
  const [store, flush] = [
    ['cache.store', 'kills', 'line', failpoint],
    ['cache.flush', 'kills'],
  ];
  await stage.fleet.run('salt-run', ...(isRemoval ? store : flush));
  strike();
  await stage.fleet.run('salt-run', ...(isRemoval ? flush : store));
  return async () => {
    const kept = await stage.fleet.json('salt-run', 'cache.fetch', 'kills', 'line');
    expect(kept).toEqual(isRemoval !== isDone(stage, failpoint) ? failpoint : {});
  };
};
/** A run of the converge loop writes down what it watches from then on; the next daemon reads it. */
const byWatch: Provoke = async (stage, _failpoint, strike) => {
  await stage.minion.stop();
  strike();
  const enforcing = { interval: '1h', splay: 0, mode: 'enforce' };
  stage.minion = stage.fleet.startMinion('web1', { ...stage.settings, converge: enforcing });
};
/** A file that a minion sends is there whole, or not at all; it can be sent again. */
const byPush: Provoke = async (stage, failpoint, strike) => {
  const content = `${failpoint}\n`.repeat(1000);
  const source = stage.fleet.folder.write('pushed', content);
  const place = stage.fleet.folder.at('master/var/cache/salt/master/minions/web1/files', source);
  rmSync(place, { force: true });
  strike();
  await stage.fleet.run('salt', '--async', 'web1', 'cp.push', source);
  await stage.struck(stage.fleet.master());
  return async () => {
    if (existsSync(place)) expect(readFileSync(place, 'utf8')).toBe(content);
    expect(await stage.fleet.json('salt', '--static', 'web1', 'cp.push', source)).toEqual({ web1: true });
    expect(readFileSync(place, 'utf8')).toBe(content);
  };
};
/** A file of the configuration or of the states is there whole or not at all; a step that was under way is not done again by itself. */
const byWheel: Provoke = async (stage, failpoint, strike) => {
  const which = failpoint.startsWith('wheel.writeConfig') ? 'config' : 'roots';
  const place = stage.fleet.folder.at(which === 'config' ? 'master/master.d/killed.conf' : 'states/killed.sls');
  const write = async (): Promise<unknown> => stage.fleet.run('salt-run', 'state.orchestrate', `orch.${which}`);
  rmSync(place, { force: true });
  strike();
  await write();
  await stage.struck(stage.fleet.master());
  return async () => {
    expect(existsSync(place)).toBe(isDone(stage, failpoint));
    await write();
    expect(textOf(place)).toBe(which === 'config' ? 'timeout: 7' : 'killed: test.nop');
    rmSync(place);
  };
};
/** What waits for a returner is handed on when the daemon is back, once or (when it died right after that) twice. */
const byReturner: Provoke = async (stage, failpoint, strike) => {
  stage.turn += 1;
  const word = `handed-${stage.turn}`;
  strike();
  await stage.fleet.run('salt-run', 'event.send', 'out/now', JSON.stringify({ word }));
  await stage.struck(stage.fleet.master());
  return async () => {
    const after = `${word}-after`;
    await stage.fleet.run('salt-run', 'event.send', 'out/now', JSON.stringify({ word: after }));
    const file = stage.fleet.folder.at('returned');
    await vi.waitFor(() => expect(textOf(file)).toContain(`"${after}"`), watched);
    const times = textOf(file).split(`"${word}"`).length - 1;
    if (isDone(stage, failpoint)) expect(times).toBeGreaterThanOrEqual(1);
    expect(times).toBeLessThanOrEqual(failpoint === 'outbox.taken' ? 2 : 1);
  };
};
const byReturnerOfMinion: Provoke = async (stage, failpoint, strike) => {
  stage.turn += 1;
  const word = `minion-${stage.turn}`;
  strike();
  await stage.fleet.run('salt', '--async', '--return', 'rawfile_json', 'web1', 'test.echo', word);
  await stage.struck(stage.minion);
  return async () => {
    const after = `${word}-after`;
    await stage.fleet.run('salt', '--return', 'rawfile_json', 'web1', 'test.echo', after);
    const file = stage.fleet.folder.at('returned-by-minion');
    await vi.waitFor(() => expect(textOf(file)).toContain(`"${after}"`), watched);
    const times = textOf(file).split(`"return": "${word}"`).length - 1;
    if (isDone(stage, failpoint)) expect(times).toBeGreaterThanOrEqual(1);
    expect(times).toBeLessThanOrEqual(failpoint === 'outbox.taken' ? 2 : 1);
  };
};
const converge = { interval: '1h', splay: 0, mode: 'report' };
/** Starts the minion anew, with further settings. */
export async function restartMinion(stage: Stage, settings: Settings): Promise<void> {
  await stage.minion.stop();
  stage.minion = stage.fleet.startMinion('web1', { ...stage.settings, ...settings });
  await stage.minion.logged('connected to the master');
}
/** A pause of converging holds over the death of the minion once it was kept. */
const byPause: Provoke = async (stage, failpoint, strike) => {
  await restartMinion(stage, { converge });
  strike();
  await stage.fleet.run('salt', '--async', 'web1', 'converge.pause');
  await stage.struck(stage.minion);
  return async () => {
    await restartMinion(stage, { converge });
    const ask = async (what: string): Promise<unknown> =>
      stage.fleet.json('salt', '--static', 'web1', `converge.${what}`);
    expect(await ask('status')).toMatchObject({ web1: { paused: isDone(stage, failpoint) } });
    await ask('resume');
    await restartMinion(stage, {});
  };
};
/** A daemon that dies while it makes its first key has a pair of one key when it is there again. */
const byFirstKey: Provoke = async (stage, _failpoint, strike) => {
  stage.turn += 1;
  const id = `fresh${stage.turn}`;
  strike();
  const newcomer = stage.fleet.startMinion(id);
  await stage.struck(newcomer);
  rmSync(stage.fleet.folder.at('failpoint'), { force: true });
  const again = stage.isStopping ? newcomer : stage.fleet.startMinion(id);
  await stage.fleet.master().logged('key changed', { id, action: 'pending' });
  await again.stop();
  const pki = (name: string): string => stage.fleet.folder.at(`${id}/etc/salt/pki/minion`, name);
  expect(textOf(pki('minion.pub'))).toBe(textOf(ofMaster(stage, `minions_pre/${id}`)));
  expect(existsSync(pki('minion.pem'))).toBe(true);
};
/** The first start of a master, in a fleet of its own. */
const byFirstStart: Provoke = async (stage, failpoint) => {
  const fleet = await createFleet('../test/faults/failing-daemon.mjs');
  try {
    fleet.folder.configureMaster();
    fleet.folder.write('failpoint', failpoint);
    const ended = await fleet.start('../test/faults/failing-daemon.mjs', 'master', []).ended;
    expect(ended.status).toBe(null);
    rmSync(fleet.folder.at('failpoint'));
    await fleet.startMaster();
    const pki = (name: string): string => fleet.folder.at('master/etc/salt/pki/master', name);
    const { stdout } = await fleet.run('salt-key', '-F', 'master.pub');
    expect(stdout).toContain(fingerprint(parsePublicKey('master', readFileSync(pki('master.pub'), 'utf8'))));
    expect(textOf(pki('redaction.key'))).toMatch(/^[0-9a-f]{64}$/);
  } finally {
    await fleet.end();
  }
};

/** Each database of a master is damaged, and the start that salvages it dies: the next one finishes, and tells everybody. */
const byDamage: Provoke = async (_stage, failpoint) => {
  const fleet = await createFleet('../test/faults/failing-daemon.mjs');
  try {
    for (const [store, file] of [
      ['job store', 'jobs.db'],
      ['automation store', 'automation.db'],
    ] as const) {
      const master = await fleet.startMaster();
      for (const word of ['one', 'two', 'three']) await fleet.run('salt-run', 'test.arg', word.repeat(2000));
      const before = Object.keys((await fleet.json('salt-run', 'jobs.list_jobs')) as object);
      await master.stop();
      damageLastPage(fleet.folder.at('master/var/cache/salt/master', file));
      fleet.folder.write('failpoint', failpoint);
      const died = await fleet.start('../test/faults/failing-daemon.mjs', 'master', []).ended;
      expect(died.status).toBe(null);
      rmSync(fleet.folder.at('failpoint'));
      const again = await fleet.startMaster();
      const told = await again.logged('a store was damaged; what could be read of it was kept', { store });
      expect(told).toMatchObject({ resumed: true });
      expect(existsSync(String(told['quarantine']))).toBe(true);
      const after = Object.keys((await fleet.json('salt-run', 'jobs.list_jobs')) as object);
      if (store === 'automation store') expect(after.filter((jid) => before.includes(jid))).toEqual(before);
      await again.stop();
      const quiet = await fleet.startMaster();
      expect((await quiet.stop()).stderr).not.toContain('a store was damaged');
    }
  } finally {
    await fleet.end();
  }
};

/** How a failpoint is come to, by the part of its name that says so. */
const provocations: readonly (readonly [RegExp, Provoke])[] = [
  [/^store\.(?:addJob|advance|finish)\./, byJob],
  [/^store\.release\./, byBatch],
  [/^store\.expireQueued\./, byExpiry],
  [/^(?:store\.(?:abandon|removeMinion)|keys\.remove)\./, byDeletion],
  [/^store\.saveMinion\./, byReconnect],
  [/^tokens\.create\./, byTokenCreation],
  [/^tokens\.revoke\./, byTokenRevocation],
  [/^tokens\.redeem\./, byTokenUse],
  [/^keys\.restore\./, byRestore],
  [/^keys\.purge\./, byDeletion],
  [/^(?:renewals|key)\./, byRenewal],
  [/^(?:master-key\.made|secret-keys\.)/, byFirstStart],
  [/^salvage\./, byDamage],
  [/^(?:master-key|master-pin)\./, byMasterRotation],
  [/^reactor\.(?:setFact|removeFact)\./, byRule],
  [/^reactor\./, byEvent],
  [/^reaction\./, byDurableReaction],
  [/^converge\.(?:load|save)\./, byWatch],
  [/^converge\.setFact\./, byConverging],
  [/^converge\.removeFact\./, byDeletion],
  [/^sequence\./, byBroadcast],
  [/^schedule\./, bySchedule],
  [/^store\.shiftDeadlines\./, byClock],
  [/^store\.(?:save|remove)MinionData\./, byMine],
  [/^access-tokens\./, byApiKey],
  [/^banks\./, byBank],
  [/^received\./, byPush],
  [/^wheel\./, byWheel],
  [/^converge-pause\./, byPause],
  [/^outbox\./, byReturner],
  [/^minion-key\.made$/, byFirstKey],
  [/^store\.prune\./, byRestart],
  [/^store\.setCounter\./, byFirstPublication],
  [/^keys\.put\./, byNewcomer],
  [/^keys\.move\./, byAcceptance],
  [/^orchestration\./, byOrchestration],
  [/^record-log\.(?:rewritten|replaced)$/, byMinionRestart],
  [/^(?:journal|record-log)\./, byJob],
];

/** How a failpoint of a side is come to. */
export function provocationOf(failpoint: string, side: 'master' | 'minion'): Provoke {
  if (failpoint.startsWith('outbox.') && side === 'minion') return byReturnerOfMinion;
  const found = provocations.find(([names]) => names.test(failpoint));
  if (found === undefined) throw new Error(`nothing comes to ${failpoint}`);
  return found[1];
}
