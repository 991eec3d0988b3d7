import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pythonRepr, silentLogger, systemClock, toValue, type Dict, type Plain } from '@brine/common';
import { createCallEnvironment, type CallEnvironment } from '@brine/minion';
import { startTroubledServer, type Trouble, type TroubledServer } from '@brine/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

let folder = '';
const open: TroubledServer[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'brine-troubled-'));
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is called: a function, or `STATE.FUNCTION` by `state.single`. */
interface Asking {
  readonly fun: string;
  readonly keyword: Readonly<Record<string, Plain>>;
  readonly options?: Readonly<Record<string, Plain>>;
}

const state = (fun: string, keyword: Readonly<Record<string, Plain>>): Asking => ({
  fun: 'state.single',
  keyword: { fun, ...keyword },
});

/** Everything that asks a server by itself, given the server's address. Programs that ask one are ended as programs are. */
function askingsAt(port: number): Readonly<Record<string, Asking>> {
  const url = `http://127.0.0.1:${port}/file.json`;
  const target = join(folder, 'target');
  const docker = { options: { 'docker.url': `tcp://127.0.0.1:${port}` } };
  const vault = { driver: 'vault', url: `http://127.0.0.1:${port}`, token: 'none', timeout: 0.4 };
  return {
    'cp.get_url': { fun: 'cp.get_url', keyword: { path: url, dest: target } },
    'cp.cache_file': { fun: 'cp.cache_file', keyword: { path: url } },
    'http.query': { fun: 'http.query', keyword: { url } },
    'http.update_ca_bundle': { fun: 'http.update_ca_bundle', keyword: { target, source: url } },
    'sdb.get of vault': { fun: 'sdb.get', keyword: { uri: 'sdb://far/kv/db/key' }, options: { far: vault } },
    'docker.ps': { fun: 'docker.ps', keyword: {}, ...docker },
    'docker.pull': { fun: 'docker.pull', keyword: { image: 'nginx' }, ...docker },
    'redis.ping': { fun: 'redis.ping', keyword: { host: '127.0.0.1', port } },
    'git.ls_remote': { fun: 'git.ls_remote', keyword: { remote: url } },
    'file.managed': state('file.managed', { name: target, source: url, skip_verify: true }),
    'file.managed by a source_hash': state('file.managed', { name: target, source: url, source_hash: `${url}.sha256` }),
    'file.cached': state('file.cached', { name: url, skip_verify: true }),
    'archive.extracted': state('archive.extracted', { name: `${target}.d`, source: `${url}.tar`, skip_verify: true }),
    'pkgrepo.managed by its key_url': state('pkgrepo.managed', {
      name: `deb [signed-by=${target}.gpg] ${url} stable main`,
      ...{ file: `${target}.list`, key_url: `${url}.gpg`, refresh: false },
    }),
    'pkg.installed from a server': state('pkg.installed', {
      name: 'brine-none',
      sources: [{ 'brine-none': `${url}.deb` }],
    }),
    'cmd.script': state('cmd.script', { name: 'run it', source: url }),
    'git.latest': state('git.latest', { name: url, target: `${target}.git` }),
    'http.query as a state': state('http.query', { name: url, status: 200 }),
    'docker_container.running': { ...state('docker_container.running', { name: 'web', image: 'nginx' }), ...docker },
  };
}

async function start(trouble: Trouble, what: string, limits: Asking['options'], signal: AbortSignal) {
  const server = await startTroubledServer(trouble);
  open.push(server);
  const asking = askingsAt(server.port)[what];
  if (asking === undefined) throw new Error(`nothing asks as ${what}`);
  const environment = createCallEnvironment({
    options: toDict({
      id: 'here',
      file_client: 'local',
      cachedir: join(folder, 'cache'),
      ...limits,
      ...asking.options,
    }),
    minionId: 'here',
    jid: '20260101000000000000',
    log: silentLogger,
    clock: systemClock,
    signal,
    grains: toDict({ os_family: 'Debian', os: 'Debian', osarch: 'amd64', kernel: 'Linux', shell: '/bin/sh' }),
  });
  return { server, ended: callIn(environment, asking) };
}

async function callIn(environment: CallEnvironment, { fun, keyword }: Asking): Promise<CallAnswer> {
  try {
    return await environment.call(fun, [], toDict(keyword));
  } finally {
    await environment.close();
  }
}

type CallAnswer = Awaited<ReturnType<CallEnvironment['call']>>;

function toDict(plain: Readonly<Record<string, Plain>>): Dict {
  return toValue(plain) as Dict;
}

const names = Object.keys(askingsAt(0));

describe.each<Trouble>(['is silent', 'stalls', 'trickles'])('a server that %s', (trouble) => {
  it.each(names)('is left alone when %s is cancelled', async (what) => {
    const cancelling = new AbortController();
    const { server, ended } = await start(trouble, what, {}, cancelling.signal);
    await server.asked;
    cancelling.abort(new Error('the job was cancelled'));
    await ended.catch(() => undefined);
    await expect(server.deserted()).resolves.toBeUndefined();
  });
});

describe.each<Trouble>(['is silent', 'stalls', 'trickles', 'goes in circles', 'breaks off'])(
  'a server of files that %s',
  (trouble) => {
    const files = [
      'cp.get_url',
      'http.update_ca_bundle',
      'file.managed',
      'file.cached',
      'archive.extracted',
      'pkgrepo.managed by its key_url',
      'pkg.installed from a server',
      'cmd.script',
    ];
    it.each(files)('makes %s fail in words when the time is over', async (what) => {
      const limits = { http_connect_timeout: 5, http_request_timeout: 0.3 };
      const { ended } = await start(trouble, what, limits, new AbortController().signal);
      const { value, retcode } = await ended;
      const words = /timed out after 0\.3 seconds|more than 10 redirections|aborted|Unable to cache script/;
      expect([pythonRepr(value), retcode > 0]).toEqual([expect.stringMatching(words), true]);
    });
  },
);

describe.each<Trouble>(['is silent', 'stalls', 'trickles'])('a server that %s', (trouble) => {
  const dockerLimits = { 'docker.timeout': 0.4, program_timeouts: { docker: 0.8 } };
  const late = /silent for 0\.4 seconds|did not answer within 0\.8 seconds/;
  const cases: readonly (readonly [string, NonNullable<Asking['options']>, RegExp])[] = [
    ['docker.ps', dockerLimits, late],
    ['docker.pull', dockerLimits, late],
    ['docker_container.running', dockerLimits, late],
    ['sdb.get of vault', {}, /Vault at http:\S+ cannot be reached: timed out after 0\.4 seconds/],
    ['redis.ping', { 'redis.timeout': 0.4 }, /did not answer within 0\.4 seconds|does not speak as Redis does/],
    ['git.ls_remote', { program_timeouts: { git: 0.4 } }, /git did not end within 0\.4 seconds, its limit/],
    ['git.latest', { program_timeouts: { git: 0.4 } }, /git did not end within 0\.4 seconds, its limit/],
  ];
  it.each(cases)('makes %s fail by its own limit', async (what, limits, words) => {
    const { server, ended } = await start(trouble, what, limits, new AbortController().signal);
    const told = await ended.then(
      ({ value }) => pythonRepr(value),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    expect(told).toMatch(words);
    await expect(server.deserted()).resolves.toBeUndefined();
  });
});
