import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toPlain, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { createMemoryTree } from '@brine/testkit';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileRoots } from '../../../file-roots/file-roots.ts';
import { systemTreeDisk } from '../../../file-roots/system-tree-disk.ts';
import { createRenderer } from '../../../renderers/create-renderer.ts';
import { createTemplateThread } from '../../../template-thread/template-thread.ts';
import { compilePillar } from '../../compile-pillar.ts';
import { createExternalPillars } from '../create-external-pillars.ts';
import { clearGitLocks, updateGitRemotes } from './update-git-remotes.ts';

const refuse = (): Promise<never> => Promise.reject(new Error('there is no database'));
const templates = createTemplateThread({ readTemplate: async () => undefined, call: async () => null, log: () => {} });
afterAll(() => templates.close());

let folder: string;
/** The commands that ran, with the names of what was put into their environment. */
let commands: { readonly words: readonly string[]; readonly env: Record<string, string> }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-git-pillar-'));
  commands = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function call(_name: string, positional: readonly Value[], keyword: Dict): Promise<Value> {
  const words = positional[0] as string[];
  const env = toPlain(keyword.get('env') ?? new Map()) as Record<string, string>;
  commands.push({ words, env });
  const [program = '', ...rest] = words;
  const { status, stdout, stderr } = spawnSync(program, rest, { env: { ...process.env, ...env }, encoding: 'utf8' });
  return toValue({ retcode: status ?? 1, stdout, stderr });
}

/** Commits files to a branch of a repository, which is made when it is not there; answers its URL. */
function commit(name: string, branch: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', path, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  mkdirSync(path, { recursive: true });
  if (!readdirSync(path).includes('.git')) git('init', '-q', '-b', branch);
  else if (git('branch', '--list', branch) === '') git('checkout', '-q', '-b', branch);
  else git('checkout', '-q', branch);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), text);
  }
  git('add', '-A');
  git('commit', '-q', '-m', 'change');
  return `file://${path}`;
}

const optionsOf = (sources: Plain, further: Record<string, Plain> = {}): Dict =>
  toValue({ cachedir: join(folder, 'cache'), file_client: 'local', ext_pillar: sources, ...further }) as Dict;

/** The pillar of web1, or its problems. */
async function load(sources: Plain, further: Record<string, Plain> = {}): Promise<unknown> {
  const options = optionsOf(sources, further);
  const renderer = createRenderer({ templates });
  const disk = createMemoryTree({ '/srv/top.sls': 'base: {}' });
  const files = createFileRoots({ roots: new Map([['base', ['/srv']]]), disk });
  const template = { call, log: () => {} };
  const { pillar, problems } = await compilePillar({
    ...{ minionId: 'web1', grains: new Map(), options, files, renderer },
    external: createExternalPillars({
      ...{ disk: systemTreeDisk, renderer, templates, template },
      databases: { openSqlite: refuse, openPostgres: refuse },
    }),
    ports: { readTemplate: async (path, saltenv) => files.readText(path, saltenv) },
  });
  if (problems.length === 0) return toPlain(pillar);
  return problems.map(({ summary, help }) => (help === undefined ? summary : `${summary}: ${help}`));
}

const top = (name: string): string => `{{ saltenv }}:\n  '*':\n    - ${name}\n`;

describe('the git source', () => {
  it('compiles the files of a branch, with includes and templates of the same repository', async () => {
    const url = commit('one', 'master', {
      'top.sls': top('site'),
      'site.sls':
        "{% import 'names.jinja' as names %}\ninclude: [more]\nid: {{ opts.id | default('x') }}-{{ names.word }}\n",
      'more.sls': 'port: 80\n',
      'names.jinja': "{% set word = 'deep' %}",
    });
    expect(await load([{ git: [`master ${url}`] }])).toEqual({ id: 'x-deep', port: 80 });
    commit('one', 'master', { 'more.sls': 'port: 81\n' });
    expect(await load([{ git: [`master ${url}`] }])).toEqual({ id: 'x-deep', port: 81 });
  });

  it('takes branches for environments, base by another name, or as a remote says', async () => {
    const url = commit('one', 'main', { 'top.sls': top('site'), 'site.sls': 'a: main\n' });
    commit('one', 'dev', { 'site.sls': 'a: dev\nb: {{ saltenv }}\n' });
    expect(await load([{ git: [`main ${url}`, `dev ${url}`] }], { git_pillar_base: 'main' })).toEqual({
      a: 'dev',
      b: 'dev',
    });
    expect(
      await load([{ git: [`main ${url}`, `dev ${url}`] }], { git_pillar_base: 'main', pillarenv: 'base' }),
    ).toEqual({ a: 'main' });
    expect(await load([{ git: [{ [`dev ${url}`]: [{ env: 'stage' }] }] }])).toEqual({ a: 'dev', b: 'stage' });
    expect(await load([{ git: [{ [`__env__ ${url}`]: [{ base: 'main' }] }] }], { pillarenv: 'dev' })).toEqual({
      a: 'dev',
      b: 'dev',
    });
    const dynamic = [{ git: [{ [`__env__ ${url}`]: [{ base: 'main' }, { fallback: 'dev' }] }] }];
    expect(await load(dynamic)).toEqual({ a: 'main' });
    expect(await load(dynamic, { pillarenv: 'qa' })).toEqual({ a: 'dev', b: 'qa' });
    expect(await load([{ git: [{ [`__env__ ${url}`]: [{ base: 'main' }] }] }], { pillarenv: 'qa' })).toEqual({});
    const every = [{ git: [{ [`__env__ ${url}`]: [{ all_saltenvs: 'dev' }] }] }];
    expect(await load(every, { pillarenv: 'qa' })).toEqual({ a: 'dev', b: 'qa' });
  });

  it('merges remotes in order, which see each other’s files unless told not to', async () => {
    const one = commit('one', 'master', { 'top.sls': top('two'), 'one.sls': 'a: 1\nc: 1\n' });
    const two = commit('two', 'master', { 'sub/top.sls': top('one'), 'sub/two.sls': 'b: 2\nc: 2\n' });
    const sources = [{ git: [`master ${one}`, { [`master ${two}`]: [{ root: 'sub' }, { name: 'second' }] }] }];
    expect(await load(sources)).toEqual({ a: 1, b: 2, c: 1 });
    expect(await load(sources, { git_pillar_includes: false })).toEqual([
      "Specified SLS 'two' in environment 'base' is not available on the salt master",
      "Specified SLS 'one' in environment 'base' is not available on the salt master",
    ]);
    const mounted = commit('three', 'master', { 'top.sls': top('web.x'), 'x.sls': 'x: mounted\n' });
    const main = commit('four', 'master', { 'top.sls': top('web.x') });
    expect(
      await load([{ git: [`master ${main}`, { [`master ${mounted}`]: [{ mountpoint: 'salt://web/' }] }] }]),
    ).toEqual({ x: 'mounted' });
  });

  it('is worked with for a while before it is fetched again, and while its server is away', async () => {
    const url = commit('one', 'master', { 'top.sls': top('site'), 'site.sls': 'a: 1\n' });
    const settings = { file_client: 'remote', git_pillar_update_interval: 600 };
    const sources = [{ git: [`master ${url}`] }];
    expect(await load(sources, settings)).toEqual({ a: 1 });
    commit('one', 'master', { 'site.sls': 'a: 2\n' });
    expect(await load(sources, settings)).toEqual({ a: 1 });
    const [home = ''] = readdirSync(join(folder, 'cache/git_pillar'));
    utimesSync(join(folder, 'cache/git_pillar', home, 'fetched'), 1, 1);
    expect(await load(sources, settings)).toEqual({ a: 2 });
    rmSync(join(folder, 'one'), { recursive: true });
    utimesSync(join(folder, 'cache/git_pillar', home, 'fetched'), 1, 1);
    expect(await load(sources, settings)).toEqual({ a: 2 });
  });

  it('is shared by compilers that work at the same time', async () => {
    const url = commit('one', 'master', { 'top.sls': top('site'), 'site.sls': 'a: 1\n' });
    const all = await Promise.all([1, 2, 3, 4].map(async () => load([{ git: [`master ${url}`] }])));
    expect(all).toEqual([{ a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }]);
    const [home = ''] = readdirSync(join(folder, 'cache/git_pillar'));
    expect(readdirSync(join(folder, 'cache/git_pillar', home, 'trees')).length).toBe(1);
  });

  it('removes locks that a git left behind, of the remotes that are meant', async () => {
    const url = commit('one', 'master', { 'top.sls': top('site'), 'site.sls': 'a: 1\n' });
    const options = optionsOf([{ git: [`master ${url}`] }]);
    await load([{ git: [`master ${url}`] }]);
    const [home = ''] = readdirSync(join(folder, 'cache/git_pillar'));
    const lock = join(folder, 'cache/git_pillar', home, 'repo.git/packed-refs.lock');
    writeFileSync(lock, '');
    expect(await clearGitLocks(options, call, 'https://*')).toEqual({ cleared: [], errors: [] });
    expect(await clearGitLocks(options, call, '*')).toEqual({
      ...{ cleared: [`Removed lock ${lock} of remote 'master ${url}'`], errors: [] },
    });
    expect(await clearGitLocks(options, call, '*')).toEqual({ cleared: [], errors: [] });
  });

  it('asks git nothing between two fetches of a master, and sees what the next one brings', async () => {
    const url = commit('one', 'master', { 'top.sls': top('site'), 'site.sls': 'a: 1\n' });
    const master = { file_client: 'remote' };
    expect(await load([{ git: [`master ${url}`] }], master)).toEqual({ a: 1 });
    commit('one', 'master', { 'site.sls': 'a: 2\n' });
    expect(await load([{ git: [`master ${url}`] }], master)).toEqual({ a: 1 });
    commands = [];
    expect(await load([{ git: [`master ${url}`] }], master)).toEqual({ a: 1 });
    expect(commands).toEqual([]);
    await updateGitRemotes(optionsOf([{ git: [`master ${url}`] }], master), call, { onFailure: () => {} });
    expect(await load([{ git: [`master ${url}`] }], master)).toEqual({ a: 2 });
  });

  it.each([
    ['--upload-pack=x', /is not the address of a repository/],
    ['-b /srv/x', /-b is not the name of a branch/],
    ['master ext::sh -c id', /is not the address of a repository/],
    ['master ssh://-oProxyCommand=id/x', /names a host that is none/],
    ['a..b /srv/x', /a\.\.b is not the name of a branch/],
    [{ 'master /srv/x': [{ fallback: '--x' }] }, /--x is not the name of a branch/],
    [{ 'master /srv/x': [{ refspecs: ['--upload-pack=id'] }] }, /is not a refspec/],
    [{ 'master /srv/x': [{ root: '../../etc' }] }, /root leads out of the repository/],
    [{ 'master /srv/x': [{ rot: 'a' }] }, /it has no parameter rot: did you mean root\?/],
    [{ 'master /srv/x': [{ base: 'a' }] }, /base goes with the branch __env__ only/],
    [{ 'master /srv/x': null }, /without any, leave the colon after it out/],
    [{ 'master http://h/x': [{ user: 'u' }, { password: 'p' }] }, /a password over plain HTTP/],
    [{ 'master git@h:x': [{ privkey: '/k' }, { passphrase: 'p' }] }, /passphrase are not supported/],
    [
      'master /srv/no-such-repository',
      /git: fatal: '\/srv\/no-such-repository' does not appear to be a git repository/,
    ],
  ])('refuses %j', async (entry, reason) => {
    expect(await load([{ git: [entry] }])).toEqual([expect.stringMatching(reason)]);
    const ran = commands.filter(({ words }) => !words.includes('init') && words.some((word) => word.startsWith('--u')));
    expect(ran).toEqual([]);
  });

  it('refuses an environment that would be an option, a branch that is missing, and the same remote twice', async () => {
    const url = commit('one', 'master', { 'top.sls': top('site'), 'site.sls': 'a: 1\n' });
    expect(await load([{ git: [`__env__ ${url}`] }], { pillarenv: '--exec=id' })).toEqual([
      expect.stringContaining('--exec=id is not the name of a branch'),
    ]);
    expect(await load([{ git: [`gone ${url}`] }])).toEqual([
      expect.stringContaining('it has no branch, tag or commit gone'),
    ]);
    expect(await load([{ git: [`master ${url}`, `master ${url}`] }])).toEqual([
      expect.stringContaining('is there twice: give one of them a name'),
    ]);
  });

  it('gives credentials to git by its environment alone', async () => {
    await load([{ git: [{ 'master https://127.0.0.1:1/x': [{ user: 'ada' }, { password: 'hunter2' }] }] }]);
    const fetched = commands.find(({ words }) => words.includes('fetch'));
    expect(fetched?.env).toMatchObject({
      GIT_CONFIG_KEY_0: 'http.extraHeader',
      GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from('ada:hunter2').toString('base64')}`,
    });
    for (const { words } of commands) expect(words.join(' ')).not.toMatch(/hunter2|YWRh/);
  });
});

describe('updating', () => {
  it('tells what brought something new, what did not and what failed', async () => {
    const url = commit('one', 'master', { 'top.sls': top('site'), 'site.sls': 'a: 1\n' });
    const options = optionsOf([{ git: [`master ${url}`, { 'master file:///no/such': [{ name: 'lost' }] }] }]);
    const failed: string[] = [];
    const onFailure = (remote: string): number => failed.push(remote);
    const update = async (wish: { branch?: string; repo?: string } = {}): Promise<unknown> => [
      ...(await updateGitRemotes(options, call, { ...wish, onFailure })),
    ];
    expect(await update()).toEqual([
      [`master ${url}`, true],
      ['master file:///no/such', false],
    ]);
    expect(failed).toEqual(['master file:///no/such']);
    expect(await update({ repo: url })).toEqual([[`master ${url}`, null]]);
    expect(await update({ repo: 'lost' })).toEqual([['master file:///no/such', false]]);
    expect(await update({ branch: 'dev' })).toEqual([]);
    commit('one', 'master', { 'site.sls': 'a: 2\n' });
    expect(await update({ branch: 'master', repo: url })).toEqual([[`master ${url}`, true]]);
  });
});
