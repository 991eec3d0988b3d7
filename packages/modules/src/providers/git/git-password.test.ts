import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLocalHost } from '../../host/local/local-host.ts';
import { httpsLogin, listRemote, loginOptions, runGit, urlWithLogin, type GitIdentity } from './git-command.ts';

const password = 'CANARY-git-81c2 $(id) %s "x"';
const host = createLocalHost();
let folder: string;
let server: Server;
let origin: string;
/** Programs that had the password among their arguments while one of git's requests was open. */
const seen: string[] = [];
let granted = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'brine-git-'));
  const git = async (...args: readonly string[]): Promise<void> => {
    const author = {
      GIT_AUTHOR_NAME: 'a',
      GIT_AUTHOR_EMAIL: 'a@b',
      GIT_COMMITTER_NAME: 'a',
      GIT_COMMITTER_EMAIL: 'a@b',
    };
    const result = await host.run({ command: ['git', '-C', folder, ...args], environment: author });
    if (result.exitCode !== 0) throw new Error(result.stderr);
  };
  await git('init', '-q', '-b', 'main', 'work');
  await git('-C', 'work', 'commit', '-q', '--allow-empty', '-m', 'one');
  await git('clone', '-q', '--bare', 'work', 'app.git');
  await git('-C', 'app.git', 'update-server-info');
  const expected = `Basic ${Buffer.from(`ann:${password}`).toString('base64')}`;
  server = createServer((request, response) => {
    seen.push(...processesWith(password));
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="app"' }).end();
      return;
    }
    granted += 1;
    const path = join(folder, new URL(request.url ?? '/', 'http://h').pathname);
    try {
      response.end(readFileSync(path));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => void server.close(resolve));
  rmSync(folder, { recursive: true });
});

function processesWith(text: string): readonly string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return words.includes(text) || words.includes(encodeURIComponent(text)) ? [words] : [];
    } catch {
      return [];
    }
  });
}

const identityFor = (url: string): GitIdentity => ({
  user: undefined,
  identity: undefined,
  https: httpsLogin(url, 'ann', password),
});

it('logs in with a password that no list of processes and no configuration shows', async () => {
  const url = `${origin}/app.git`;
  const identity = identityFor(url);
  const refs = await listRemote(host, url, identity);
  expect([...refs.keys()]).toContain('refs/heads/main');
  await runGit(host, ['clone', '-q', '--', urlWithLogin(url, identity), `${folder}/clone`], identity);
  await runGit(host, ['-C', `${folder}/clone`, 'fetch', '-q', 'origin'], identity);
  expect(granted).toBeGreaterThan(2);
  expect(seen).toEqual([]);
  const config = readFileSync(`${folder}/clone/.git/config`, 'utf8');
  expect(config).toContain(`url = ${urlWithLogin(url, identity)}`);
  expect(config).not.toContain('CANARY');
});

it('takes a login out of a URL, token and all', async () => {
  const url = origin.replace('//', `//ann:${encodeURIComponent(password)}@`);
  const identity: GitIdentity = {
    user: undefined,
    identity: undefined,
    https: httpsLogin(`${url}/app.git`, undefined, undefined),
  };
  await runGit(host, ['clone', '-q', '--', urlWithLogin(`${url}/app.git`, identity), `${folder}/other`], identity);
  expect(seen).toEqual([]);
  expect(readFileSync(`${folder}/other/.git/config`, 'utf8')).toContain(`url = ${origin}/app.git\n`);
  expect(httpsLogin('https://bob@h/x', undefined, undefined)).toBe(undefined);
});

it('tells the password to the server it is for and to no other', async () => {
  const before = granted;
  const other = identityFor('http://127.0.0.1:1/app.git');
  await expect(listRemote(host, `${origin}/app.git`, other)).rejects.toThrow(/could not read Password/);
  expect(granted).toBe(before);
  const options = loginOptions(identityFor('https://bob@git.example.org:8443/a/b.git'));
  expect(options.map((word) => word.replace(/=.*/, ''))).toEqual([
    ...['-c', 'credential.https://git.example.org:8443.helper'],
    ...['-c', 'credential.https://git.example.org:8443.helper'],
  ]);
  expect(loginOptions(identityFor('git@git.example.org:a/b.git'))).toEqual([]);
});
