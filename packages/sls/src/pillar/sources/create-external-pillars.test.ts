import { AppError, toPlain, toValue, type Dict, type Plain, type Value } from '@brine/common';
import { createMemoryTree, type MemoryTreeEntry } from '@brine/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import { createRenderer } from '../../renderers/create-renderer.ts';
import { createTemplateThread } from '../../template-thread/template-thread.ts';
import { compilePillar } from '../compile-pillar.ts';
import { createFileRoots } from '../../file-roots/file-roots.ts';
import { createExternalPillars } from './create-external-pillars.ts';

const templates = createTemplateThread({
  readTemplate: () => Promise.resolve(undefined),
  call: () => Promise.resolve(null),
  log: () => {},
});
afterAll(() => templates.close());

const refuse = (): Promise<never> => Promise.reject(new Error('there is no database'));
const noDatabases = { openSqlite: refuse, openPostgres: refuse };

interface Setup {
  readonly files?: Readonly<Record<string, MemoryTreeEntry>>;
  readonly options?: Plain;
  readonly grains?: Plain;
  readonly answer?: (name: string, positional: readonly Value[], keyword: Dict) => Plain;
  readonly pillarenv?: string;
}

/** What the sources give web1 over `site: {stage: qa}`, beside that; or the problems, as `file:line what: help`. */
async function load(sources: Plain, setup: Setup = {}): Promise<unknown> {
  const { files = {}, options = {}, grains = {}, answer = () => null, pillarenv } = setup;
  const calls: unknown[] = [];
  const log: string[] = [];
  const disk = createMemoryTree({
    '/srv/base/top.sls': "base: {'*': [site]}",
    '/srv/base/site.sls': 'site: {stage: qa}',
    ...files,
  });
  const renderer = createRenderer({ templates });
  const template = {
    call: (name: string, positional: readonly Value[], keyword: Dict) => {
      calls.push([name, ...positional, toPlain(keyword)]);
      return Promise.resolve(toValue(answer(name, positional, keyword)));
    },
    log: (level: string, message: string) => log.push(`${level}: ${message}`),
  };
  const tree = createFileRoots({ roots: new Map([['base', ['/srv/base']]]), disk });
  const { pillar, problems } = await compilePillar({
    minionId: 'web1',
    grains: toValue(grains) as Dict,
    options: new Map<Value, Value>([...(toValue(options) as Dict), ['ext_pillar', toValue(sources)]]),
    files: tree,
    renderer,
    external: createExternalPillars({ disk, renderer, templates, template, databases: noDatabases }),
    ports: { readTemplate: (path, saltenv) => tree.readText(path, saltenv) },
    ...(pillarenv === undefined ? {} : { pillarenv }),
  });
  if (problems.length > 0) {
    return problems.map(({ summary, help, span }) =>
      [span === undefined ? '' : `${span.file}:${span.line} `, summary, help === undefined ? '' : `: ${help}`].join(''),
    );
  }
  pillar.delete('site');
  return { pillar: toPlain(pillar), ...(calls.length > 0 ? { calls } : {}), ...(log.length > 0 ? { log } : {}) };
}

function failing(source: string, what: string): string[] {
  return [`Failed to load ext_pillar ${source}: ${what}`];
}

test('a source that does not exist is an error that helps', async () => {
  expect(await load([{ file_three: {} }, { vault: {} }, { quux: 1 }])).toEqual([
    'Specified ext_pillar interface file_three is unavailable: did you mean file_tree?',
    'Specified ext_pillar interface vault is unavailable: Brine does not have this source of Salt; it has: cmd_yaml, cmd_json, cmd_yamlex, csv, file_tree, git, http_json, http_yaml, nodegroups, sqlite3, postgres, stack',
    'Specified ext_pillar interface quux is unavailable: there are: cmd_yaml, cmd_json, cmd_yamlex, csv, file_tree, git, http_json, http_yaml, nodegroups, sqlite3, postgres, stack',
  ]);
});

test('arguments that are unknown, of another type, missing or too many are refused', async () => {
  const sources = [{ csv: { path: '/a', idkeys: 1 } }, { csv: { path: 5 } }, { csv: {} }, { cmd_yaml: ['a', 'b'] }];
  expect(await load(sources)).toEqual([
    'Failed to load ext_pillar csv: it has no argument idkeys: did you mean idkey?',
    'Failed to load ext_pillar csv: path is not a text but a int',
    'Failed to load ext_pillar csv: it needs path',
    'Failed to load ext_pillar cmd_yaml: it takes 1 values at most (command), not 2',
  ]);
});

describe('commands', () => {
  const prints = (stdout: string) => () => ({ retcode: 0, stdout, stderr: '' });

  test.each([
    ['cmd_yaml', true, 'a: 0x10\nb: 1\nb: 2', { a: 16, b: 2 }],
    ['cmd_json', false, '{"a": [1]}', { a: [1] }],
    ['cmd_yamlex', false, 'a: !aggregate [1]\na: !aggregate [2]', { a: [1, 2] }],
  ])('%s reads what its command prints for the id', async (name, usesShell, stdout, pillar) => {
    const keyword = { python_shell: usesShell, timeout: 60, ignore_retcode: true, output_loglevel: 'quiet' };
    expect(await load([{ [name]: 'get %s' }], { answer: prints(stdout) })).toEqual({
      pillar,
      calls: [['cmd.run_all', 'get web1', keyword]],
    });
  });

  test('printing nothing gives nothing; anything but a dictionary is an error', async () => {
    expect(await load([{ cmd_yaml: 'x' }], { answer: prints('') })).toMatchObject({ pillar: {} });
    const text = failing('cmd_yaml', 'its command printed a str where a dictionary belongs');
    expect(await load([{ cmd_yaml: 'x' }], { answer: prints('hello') })).toEqual(text);
  });

  test('a command that fails, or takes too long, is an error', async () => {
    const failed = () => ({ retcode: 2, stdout: 'a: 1', stderr: 'no such host\nat all\n' });
    const said = failing('cmd_yaml', 'its command ended with exit status 2: no such host');
    expect(await load([{ cmd_yaml: 'x' }], { answer: failed })).toEqual(said);
    const slow = () => ({ retcode: 1, stdout: 'x : Timed out after 60 seconds', stderr: '' });
    const late = failing('cmd_json', 'its command did not end within 60 seconds');
    expect(await load([{ cmd_json: 'x' }], { answer: slow })).toEqual(late);
  });
});

describe('csv', () => {
  const files = { '/t.csv': '\uFEFFid,role,env\nweb2,db,qa\nweb1,web\nweb1,other,x\n', '/long.csv': 'web1,a,b,c\n' };

  test('gives the columns of the first row of the minion', async () => {
    expect(await load([{ csv: '/t.csv' }], { files })).toEqual({ pillar: { id: 'web1', role: 'web', env: null } });
    const named = { path: '/long.csv', fieldnames: ['id', 'x'], restkey: 'rest', namespace: 'row' };
    expect(await load([{ csv: named }], { files })).toEqual({
      pillar: { row: { id: 'web1', x: 'a', rest: ['b', 'c'] } },
    });
  });

  test('a minion without a row gets nothing', async () => {
    expect(await load([{ csv: '/n.csv' }], { files: { '/n.csv': 'id,a\nweb9,1\n' } })).toEqual({ pillar: {} });
    expect(await load([{ csv: '/n.csv' }], { files: { '/n.csv': 'id,a\n' } })).toEqual({ pillar: {} });
  });

  test('a table that cannot be read as asked is an error', async () => {
    const sources = [
      { csv: '/none.csv' },
      { csv: 't.csv' },
      { csv: { path: '/t.csv', idkey: 'rolle' } },
      { csv: { path: '/t.csv', dialect: 'xls' } },
    ];
    expect(await load(sources, { files })).toEqual([
      'Failed to load ext_pillar csv: /none.csv cannot be read',
      'Failed to load ext_pillar csv: path is not absolute: t.csv',
      'Failed to load ext_pillar csv: the table has no column rolle: did you mean role?',
      'Failed to load ext_pillar csv: there is no dialect xls: there are: excel, excel-tab, unix',
    ]);
  });
});

describe('file_tree', () => {
  const files = {
    '/t/hosts/web1/tls/site.key': 'KEY\n\n',
    '/t/hosts/web1/motd': 'hello',
    '/t/hosts/db1/motd': 'not me',
    '/t/hosts/web1/blob': new Uint8Array([0xff, 0x0a]),
    '/t/hosts/web1/linked': { link: '/else' },
    '/else/a': 'a\n',
    '/t/nodegroups/webs/motd': 'group',
    '/t/nodegroups/webs/extra': 'x\n',
    '/t/nodegroups/dbs/motd': 'db',
    '/t/nodegroups/undefined/motd': 'u',
  };
  const options = { nodegroups: { webs: 'web*', dbs: 'db*' } };

  test('folders become dictionaries, files texts or bytes; those of the host win over those of its groups', async () => {
    expect(await load([{ file_tree: '/t' }], { files, options })).toEqual({
      pillar: { blob: new Uint8Array([0xff]), extra: 'x', linked: {}, motd: 'hello', tls: { 'site.key': 'KEY\n' } },
    });
  });

  test('keeps line breaks as told, and follows links when told', async () => {
    const keep = { root_dir: '/t', keep_newline: ['tls/*', 'extra'], follow_dir_links: true };
    expect(await load([{ file_tree: keep }], { files, options })).toMatchObject({
      pillar: { extra: 'x\n', linked: { a: 'a' }, tls: { 'site.key': 'KEY\n\n' } },
    });
  });

  test('renders files when told', async () => {
    const text = {
      '/t/hosts/web1/a': '{{ grains.os }}',
      '/t/hosts/web1/b': '#!yaml\nx: 1\n',
      '/t/hosts/web1/c': '{{ 1 }}',
    };
    const tree = { root_dir: '/t', template: true, render_default: 'jinja' };
    const grains = { os: 'Debian' };
    expect(await load([{ file_tree: tree }], { files: text, grains })).toEqual({
      pillar: { a: 'Debian', b: { x: 1 }, c: '1' },
    });
    const without = { ...tree, renderer_blacklist: ['yaml'] };
    expect(await load([{ file_tree: without }], { files: text, grains })).toMatchObject({ pillar: { b: {}, c: '1' } });
  });

  test('a relative folder lies in the pillar roots of the environment', async () => {
    const roots = { pillar_roots: { qa: ['/one', '/two', '/t/..'] } };
    const tree = { '/one/t/hosts/web1/a': '1', '/two/t/hosts/web1/a': '2', '/two/t/hosts/web1/b': '2' };
    const sources = [{ file_tree: 't' }];
    const pillarenv = 'base';
    const base = { pillar_roots: { base: ['/srv/base', '/one', '/two'] } };
    expect(await load(sources, { files: tree, options: base, pillarenv })).toEqual({ pillar: { a: '2', b: '2' } });
    expect(await load(sources, { files: tree, options: roots })).toEqual(
      failing('file_tree', 'root_dir is relative, but pillarenv is not set'),
    );
  });

  test('says with debug why there is nothing', async () => {
    const tree = { root_dir: '/t', debug: true };
    expect(await load([{ file_tree: tree }], { files: { '/t/hosts/db1/a': 'a' } })).toEqual({
      pillar: {},
      log: [
        'debug: file_tree: no nodegroups are defined, or /t has none',
        'debug: file_tree: /t/hosts has no folder for web1',
      ],
    });
  });

  test('what cannot be read is an error', async () => {
    const broken = {
      '/loop/hosts/web1/again': { link: '/loop/hosts/web1' },
      '/gone/hosts/web1/x': { link: '/nowhere' },
    };
    const sources = [
      { file_tree: '/none' },
      { file_tree: { root_dir: '/t', keep_newline: 1 } },
      { file_tree: { root_dir: '/loop', follow_dir_links: true } },
      { file_tree: '/gone' },
    ];
    expect(await load(sources, { files: { ...files, ...broken } })).toEqual([
      'Failed to load ext_pillar file_tree: root_dir /none does not exist or is no folder',
      'Failed to load ext_pillar file_tree: keep_newline is neither true, false nor a list of globs',
      'Failed to load ext_pillar file_tree: /loop/hosts/web1/again leads back to /loop/hosts/web1',
      'Failed to load ext_pillar file_tree: /gone/hosts/web1/x leads nowhere',
    ]);
  });
});

describe('web servers', () => {
  const answer = () => ({ dict: { a: 1 } });

  test('answer for the id and the grains in the address', async () => {
    const source = { url: 'http://cmdb/<os>/%s', with_grains: true, username: 'u', password: 'p', namespace: 'cmdb' };
    expect(
      await load([{ http_json: source }, { http_yaml: 'http://cmdb/%s' }], { answer, grains: { os: 'a b/c(1)' } }),
    ).toEqual({
      pillar: { cmdb: { a: 1 }, a: 1 },
      calls: [
        [
          'http.query',
          { url: 'http://cmdb/a%20b/c%281%29/web1', decode: true, decode_type: 'json', username: 'u', password: 'p' },
        ],
        ['http.query', { url: 'http://cmdb/web1', decode: true, decode_type: 'yaml' }],
      ],
    });
  });

  test('that cannot be asked are errors', async () => {
    const sources = [
      { http_json: { url: 'http://x/<no:such>', with_grains: true } },
      { http_json: { url: 'http://x/', auth: 'digest' } },
      { http_yaml: 'http://x/' },
    ];
    expect(await load(sources, { answer: () => ({ error: 'HTTP 404: Not Found' }) })).toEqual([
      'Failed to load ext_pillar http_json: the minion has no grain no:such for the address',
      'Failed to load ext_pillar http_json: auth is not supported: name the user and the password as username and password',
      'Failed to load ext_pillar http_yaml: the server was not heard: HTTP 404: Not Found',
    ]);
  });
});

test('nodegroups lists the groups of the minion', async () => {
  const nodegroups = { webs: 'web*', dbs: 'db*', both: 'N@webs or N@dbs', qa: 'I@site:stage:qa', bad: 'N@bad' };
  const sources = [{ nodegroups: null }, { nodegroups: { pillar_name: 'groups' } }];
  const memberOf = ['webs', 'both', 'qa'];
  expect(await load(sources, { options: { nodegroups } })).toEqual({
    pillar: { nodegroups: memberOf, groups: memberOf },
  });
});

describe('stack', () => {
  test('merges the files that its configuration lists, each seeing what came before', async () => {
    const files = {
      '/s/stack.cfg':
        'core.yml\n\n{{ __grains__.os }}/*.yml\n{{ minion_id }}-{{ pillar.site.stage }}.yml\nabsent.yml\n',
      '/s/core.yml': 'users: [root]\nport: 22\nport: 23\n',
      '/s/Debian/b.yml': 'last: b\n',
      '/s/Debian/a.yml': 'last: a\n{% include "parts/users.j2" %}\n',
      '/s/parts/users.j2': 'users: [{{ stack.users[0] }}2]',
      '/s/web1-qa.yml': [
        'seen: "{{ stack.port }} {{ undefined }}{{ ymlpath }} {{ __stack__.cfg_path }}"',
        "walked: {{ __stack__['traverse'](stack, 'users:1') }} {{ __stack__.traverse(stack, 'no', default='none') }}",
        "called: {{ __salt__['test.echo']('x') }}{{ __opts__.id }}{{ pillarenv }}",
      ].join('\n'),
    };
    const setup = { files, grains: { os: 'Debian' }, options: { id: 'm' }, answer: () => 'echo' };
    expect(await load([{ stack: '/s/stack.cfg' }], setup)).toEqual({
      pillar: {
        users: ['root', 'root2'],
        port: 23,
        last: 'b',
        seen: '23 /s/web1-qa.yml /s/stack.cfg',
        walked: 'root2 none',
        called: 'echomNone',
      },
      calls: [['test.echo', 'x', {}]],
      log: ['info: ext_pillar stack: /s/stack.cfg lists absent.yml, which is not there'],
    });
  });

  test('configurations are chosen by grains, pillar and options; a missing one is left out', async () => {
    const files = {
      '/a.cfg': '[a.yml]',
      '/a.yml': 'a: 1',
      '/n.cfg': 'n.yml',
      '/n.yml': 'n: 1',
      '/dev/s.cfg': 's.yml',
      '/dev/s.yml': 'dev: 1',
    };
    const stack = {
      'grains:rack:id': new Map([[4, ['/a.cfg', '/none.cfg']]]),
      'pillar:site:stage': { prod: '/none.cfg', qa: '/n.cfg' },
      'opts:saltenv': { __env__: '/__env__/s.cfg' },
    };
    const options = { saltenv: 'dev' };
    expect(await load([{ stack }], { files, options, grains: { rack: { id: 4 } } })).toEqual({
      pillar: { a: 1, n: 1, dev: 1 },
      log: ['info: ext_pillar stack: there is no file /none.cfg'],
    });
  });

  test('what goes wrong names the file and line', async () => {
    const files = {
      '/s/bad.cfg': 'bad.yml',
      '/s/bad.yml': 'a: 1\nb: {{ nothing.more }}\n',
      '/s/yaml.cfg': 'yaml.yml',
      '/s/yaml.yml': 'a: [1',
      '/s/out.cfg': '../etc/shadow',
      '/etc/shadow': 'root: x',
      '/s/shape.cfg': '- 1',
      '/s/in.cfg': 'in.yml',
      '/s/in.yml': '{% include "/etc/shadow" %}',
    };
    const names = ['bad', 'yaml', 'out', 'shape', 'in'].map((name) => ({ stack: `/s/${name}.cfg` }));
    expect(await load([...names, { stack: 's.cfg' }, { stack: { 'grain:os': {} } }], { files })).toEqual([
      "/s/bad.yml:2 Failed to load ext_pillar stack: 'nothing' is undefined",
      expect.stringMatching(/^\/s\/yaml.yml:1 Failed to load ext_pillar stack: /),
      ...failing('stack', '/s/out.cfg lists /etc/shadow, which is not in its folder'),
      ...failing('stack', '/s/shape.cfg lists a int where the name of a file belongs'),
      "/s/in.yml:1 Failed to load ext_pillar stack: the template '/etc/shadow' does not exist",
      ...failing('stack', 'a file of a stack is named by its absolute path, not as s.cfg'),
      'Failed to load ext_pillar stack: grain:os says not what to look at: there are: grains:…, pillar:…, opts:…',
    ]);
  });
});

test('a function that fails fails the source', async () => {
  const answer = (): never => {
    throw new AppError({ code: 'function-failed', message: 'The shell is not available' });
  };
  expect(await load([{ cmd_yaml: 'x' }], { answer })).toEqual(failing('cmd_yaml', 'The shell is not available'));
});
