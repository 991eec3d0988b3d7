import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { toPlain, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { createMemoryTree } from '@brine/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileRoots } from '../../../file-roots/file-roots.ts';
import { systemTreeDisk } from '../../../file-roots/system-tree-disk.ts';
import { createRenderer } from '../../../renderers/create-renderer.ts';
import { createTemplateThread } from '../../../template-thread/template-thread.ts';
import { compilePillar } from '../../compile-pillar.ts';
import { createExternalPillars } from '../create-external-pillars.ts';

const templates = createTemplateThread({ readTemplate: async () => undefined, call: async () => null, log: () => {} });
const refuse = (): Promise<never> => Promise.reject(new Error('there is no database'));
let folder: string;
let port = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-git-servers-'));
  const repository = join(folder, 'pillar.git');
  const git = (...words: readonly string[]): void =>
    void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], { stdio: 'pipe' });
  const work = join(folder, 'work');
  git('init', '-q', '-b', 'master', work);
  writeFileSync(join(work, 'top.sls'), "base:\n  '*': [site]\n");
  writeFileSync(join(work, 'site.sls'), 'from: server\n');
  git('-C', work, 'add', '-A');
  git('-C', work, 'commit', '-q', '-m', 'first');
  git('clone', '-q', '--bare', work, repository);
});

afterAll(async () => {
  await templates.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The programs run beside the test, for its server has to answer them. */
async function call(_name: string, positional: readonly Value[], keyword: Dict): Promise<Value> {
  const [program = '', ...words] = positional[0] as string[];
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    ...(toPlain(keyword.get('env') ?? new Map()) as Record<string, string>),
  };
  return new Promise((resolve) => {
    execFile(program, words, { env }, (error, stdout, stderr) => {
      resolve(toValue({ retcode: error === null ? 0 : Number(error.code), stdout, stderr }));
    });
  });
}

/** The pillar of web1 out of one remote, or its problems. */
async function load(url: string, parameters: readonly Record<string, Plain>[]): Promise<unknown> {
  const renderer = createRenderer({ templates });
  const files = createFileRoots({ roots: new Map(), disk: createMemoryTree({}) });
  const options = {
    cachedir: mkdtempSync(join(folder, 'cache-')),
    file_client: 'local',
    ext_pillar: [{ git: [{ [`master ${url}`]: [...parameters] }] }],
  };
  const { pillar, problems } = await compilePillar({
    ...{ minionId: 'web1', grains: new Map(), options: toValue(options) as Dict, files, renderer },
    external: createExternalPillars({
      ...{ disk: systemTreeDisk, renderer, templates, template: { call, log: () => {} } },
      databases: { openSqlite: refuse, openPostgres: refuse },
    }),
  });
  return problems.length === 0 ? toPlain(pillar) : problems.map(({ summary }) => summary).join('\n');
}

/** `git http-backend` behind TLS and a password. */
function serve(request: IncomingMessage, response: ServerResponse): void {
  const login = `Basic ${Buffer.from('salt:CANARY-git-31aa').toString('base64')}`;
  if (request.headers.authorization !== login) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    return;
  }
  const { pathname, search } = new URL(request.url ?? '/', 'https://localhost');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...{ PATH: process.env['PATH'], GIT_PROJECT_ROOT: folder, GIT_HTTP_EXPORT_ALL: '1', REMOTE_USER: 'salt' },
      ...{ PATH_INFO: pathname, QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method ?? 'GET' },
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
  });
  request.pipe(child.stdin);
  const answer: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => answer.push(chunk));
  child.on('close', () => {
    const all = Buffer.concat(answer);
    const end = all.indexOf('\r\n\r\n');
    const headers = all.subarray(0, end).toString().split('\r\n');
    for (const line of headers) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'Status') response.statusCode = Number(value.slice(0, 3));
      else response.setHeader(name, value);
    }
    response.end(all.subarray(end + 4));
  });
}

describe('pillar of a git server over https', () => {
  let server: Server;

  beforeAll(async () => {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key];
    execFileSync('openssl', [...made, '-out', certificate, ...subject], { stdio: 'pipe' });
    server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, serve);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const url = (): string => `https://localhost:${port}/pillar.git`;
  const login = [{ user: 'salt' }, { password: 'CANARY-git-31aa' }];

  it('logs in, and takes an unknown certificate only when told to', async () => {
    expect(await load(url(), [...login, { ssl_verify: false }])).toEqual({ from: 'server' });
    expect(await load(url(), login)).toMatch(/certificate/);
  });

  it('tells that a password is wrong, and not which', async () => {
    const answer = await load(url(), [{ user: 'salt' }, { password: 'CANARY-wrong-7b' }, { ssl_verify: false }]);
    expect(answer).toMatch(/Authentication failed|could not read/);
    expect(answer).not.toMatch(/CANARY/);
  });
});

// The server gives up its rights for each session, which only root can.
describe.skipIf(process.getuid?.() !== 0)('pillar of a git server over ssh', () => {
  let daemon: ChildProcess;
  let sshPort = 0;
  const key = (name: string): string => join(folder, name);

  beforeAll(async () => {
    for (const name of ['host', 'client', 'stranger']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key(name)]);
    }
    const probe = createNetServer();
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
    sshPort = (probe.address() as AddressInfo).port;
    await new Promise((resolve) => probe.close(resolve));
    writeFileSync(key('authorized'), readFileSync(key('client.pub')));
    const settings = [
      ...[`Port ${sshPort}`, 'ListenAddress 127.0.0.1', `HostKey ${key('host')}`, 'UsePAM no', 'StrictModes no'],
      ...['PermitRootLogin yes', 'PasswordAuthentication no', `AuthorizedKeysFile ${key('authorized')}`],
      `PidFile ${key('sshd.pid')}`,
    ];
    writeFileSync(key('sshd_config'), `${settings.join('\n')}\n`);
    mkdirSync('/run/sshd', { recursive: true });
    daemon = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', key('sshd_config')], { stdio: ['ignore', 'ignore', 'pipe'] });
    for await (const line of createInterface({ input: daemon.stderr as NodeJS.ReadableStream })) {
      if (line.includes('listening')) break;
    }
    // ssh itself, with the hosts that this test knows in place of the user's.
    mkdirSync(key('bin'));
    const words = `-o UserKnownHostsFile=${key('known_hosts')} -o GlobalKnownHostsFile=/dev/null -F /dev/null`;
    writeFileSync(join(key('bin'), 'ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${words} "$@"\n`);
    chmodSync(join(key('bin'), 'ssh'), 0o755);
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await ended;
    rmSync(key('bin'), { recursive: true, force: true });
  });

  it('takes keys that it is told, on hosts that are known', async () => {
    const url = `ssh://root@127.0.0.1:${sshPort}${folder}/pillar.git`;
    expect(await load(url, [{ privkey: key('client') }])).toMatch(/Host key verification failed/);
    const [type, blob] = readFileSync(key('host.pub'), 'utf8').split(' ');
    writeFileSync(key('known_hosts'), `[127.0.0.1]:${sshPort} ${type} ${blob}\n`);
    expect(await load(url, [{ privkey: key('client') }])).toEqual({ from: 'server' });
    expect(await load(url, [{ privkey: key('stranger') }])).toMatch(/Permission denied/);
  });
});
