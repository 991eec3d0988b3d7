import { AppError, pythonStr, toPlain, toValue, type Dict, type Plain } from '@brine/common';
import { createMemoryTree } from '@brine/testkit';
import { describe, expect, test } from 'vitest';
import { createFileRoots } from '../file-roots/file-roots.ts';
import { createRenderer } from '../renderers/create-renderer.ts';
import type { TemplateEngine } from '../template-thread/template-engine.ts';
import { compilePillar, dynamicPillarEnvironment, type CompilePillarInput } from './compile-pillar.ts';
import type { CompiledPillar } from './compiled-pillar.ts';
import type { PillarDecrypter } from './decrypt-pillar.ts';
import type { ExternalPillar } from './external-pillar.ts';

// Stands for Jinja: <name> is a variable, <pillar.name> a pillar value, <fail> an error at its line.
const templates: TemplateEngine = {
  render({ text, file, variables }) {
    const lines = text.split('\n');
    const broken = lines.findIndex((line) => line.includes('<fail>'));
    if (broken !== -1) {
      const span = { file, line: broken + 1 };
      const problem = { severity: 'error', code: 'jinja-error', summary: 'Jinja error: no', span } as const;
      return Promise.reject(new AppError({ code: 'jinja-error', message: 'no', problems: [problem] }));
    }
    const pillar = variables.get('pillar') as Dict;
    const rendered = text
      .replace(/<pillar\.(\w+)>/g, (_, name: string) => pythonStr(pillar.get(name) ?? null))
      .replace(/<(\w+)>/g, (_, name: string) => pythonStr(variables.get(name) ?? null));
    return Promise.resolve({ text: rendered, lineOrigins: lines.map((_, index) => ({ file, line: index + 1 })) });
  },
  close: () => Promise.resolve(),
};

interface Setup extends Partial<Omit<CompilePillarInput, 'options' | 'grains' | 'override' | 'pillar'>> {
  readonly options?: Plain;
  readonly grains?: Plain;
  readonly override?: Plain;
  readonly pillar?: Plain;
  readonly environments?: readonly string[];
}

/** Compiles the pillar of web1; files lie in /srv/<environment>. */
async function compile(files: Record<string, string>, setup: Setup = {}): Promise<CompiledPillar> {
  const { options = {}, grains = {}, override, pillar, environments = ['base'], ...rest } = setup;
  const entries = Object.entries(files).map(([path, text]) => [`/srv/${path}`, text] as const);
  const disk = createMemoryTree(Object.fromEntries(entries));
  return compilePillar({
    minionId: 'web1',
    grains: toValue(grains) as Dict,
    options: toValue(options) as Dict,
    files: createFileRoots({ roots: new Map(environments.map((name) => [name, [`/srv/${name}`]])), disk }),
    renderer: createRenderer({ templates }),
    ...(override === undefined ? {} : { override: toValue(override) as Dict }),
    ...(pillar === undefined ? {} : { pillar: toValue(pillar) as Dict }),
    ...rest,
  });
}

async function pillarOf(files: Record<string, string>, setup?: Setup): Promise<unknown> {
  const { pillar, problems } = await compile(files, setup);
  expect(problems).toEqual([]);
  return toPlain(pillar);
}

const two = { 'base/top.sls': "base:\n  '*': [one, two]\n" };

describe('top files', () => {
  test('only targets that match count, each SLS in its first place', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [common, site]\n  'db*': [db]\n  'web*': [web, common]\n",
      'base/common.sls': 'motd: default\nfrom: common\n',
      'base/site.sls': 'from: site\n',
      'base/web.sls': 'motd: web node\n',
      'base/db.sls': 'db: true\n',
    };
    expect(await pillarOf(files)).toEqual({ motd: 'web node', from: 'site' });
  });

  test('order sorts the targets, and a name may be a glob', async () => {
    const files = {
      'base/top.sls':
        "base:\n  'web*':\n    - order: 20\n    - last\n  '*':\n    - order: 10\n    - users.*\n  web1: [middle]\n",
      'base/last.sls': 'who: last\n',
      'base/middle.sls': 'who: middle\nextra: 1\n',
      'base/users/ann.sls': 'who: ann\nann: 1\n',
      'base/users/bob/init.sls': 'who: bob\nbob: 1\n',
      'base/usersx.sls': 'mallory: 1\n',
    };
    expect(await pillarOf(files)).toEqual({ who: 'last', extra: 1, ann: 1, bob: 1 });
  });

  test('a target says how it matches', async () => {
    const files = {
      'base/top.sls':
        "base:\n  'roles:web':\n    - match: grain\n    - one\n  'a,web1': [{match: list}, two]\n  'stage:x': [{match: pillar}, three]\n",
      'base/one.sls': 'one: 1\n',
      'base/two.sls': 'two: 2\n',
      'base/three.sls': 'three: 3\n',
    };
    const setup = { grains: { roles: ['web'] }, pillar: { stage: 'x' } };
    expect(await pillarOf(files, setup)).toEqual({ stage: 'x', one: 1, two: 2, three: 3 });
    const alone = { ...setup, options: { ssh_merge_pillar: false } };
    expect(await pillarOf(files, alone)).toEqual({ one: 1, two: 2, three: 3 });
  });

  test('each environment has its top file and its files; base comes first', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [shared]\nqa:\n  '*': [only]\n",
      'base/shared.sls': 'level: base\nbase: 1\n',
      'qa/top.sls': "qa:\n  '*': [shared, only]\n",
      'qa/shared.sls': 'level: qa\n',
      'qa/only.sls': 'only: qa\n',
    };
    const environments = ['qa', 'base'];
    expect(await pillarOf(files, { environments })).toEqual({ level: 'qa', base: 1, only: 'qa' });
    expect(await pillarOf(files, { environments, pillarenv: 'qa' })).toEqual({ level: 'qa', only: 'qa' });
    expect(await pillarOf(files, { environments, options: { pillarenv: 'qa' } })).toEqual({ level: 'qa', only: 'qa' });
    expect(await pillarOf(files, { environments, pillarenv: 'nowhere' })).toEqual({});
    const none = { pillar_source_merging_strategy: 'none' };
    expect(await pillarOf(files, { environments, options: none, saltenv: 'qa' })).toEqual({ level: 'qa', only: 'qa' });
    const fromSaltenv = { pillarenv_from_saltenv: true };
    expect(await pillarOf(files, { environments, options: fromSaltenv, saltenv: 'qa' })).toEqual({
      level: 'qa',
      only: 'qa',
    });
  });

  test('a top file includes others', async () => {
    const files = {
      'base/top.sls': "include: [tops.web]\nbase:\n  '*': [one]\n",
      'base/tops/web.sls': "base:\n  'web*': [two]\n",
      'base/one.sls': 'one: 1\n',
      'base/two.sls': 'two: 2\n',
    };
    expect(await pillarOf(files)).toEqual({ one: 1, two: 2 });
  });

  test('without a top file the pillar is empty', async () => {
    expect(await pillarOf({ 'base/one.sls': 'one: 1\n' })).toEqual({});
  });
});

describe('includes', () => {
  test('what a file includes is merged first, below the key it is given', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [site]\n",
      'base/site.sls':
        'include:\n  - common/ntp\n  - creds: {key: vault}\n  - zabbix: {key: "monitoring:agent"}\nntp: {server: own}\nmonitoring: {up: 1}\n',
      'base/common/ntp.sls': 'ntp: {server: common, burst: true}\n',
      'base/creds.sls': 'password: x\n',
      'base/zabbix.sls': 'port: 1\n',
    };
    expect(await pillarOf(files)).toEqual({
      ntp: { server: 'own', burst: true },
      vault: { password: 'x' },
      monitoring: { agent: { port: 1 }, up: 1 },
    });
    const overriding = await pillarOf(files, { options: { pillar_includes_override_sls: true } });
    expect(overriding).toMatchObject({ ntp: { server: 'common', burst: true } });
  });

  test('defaults are variables of the included file and of what that includes', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [site]\n",
      'base/site.sls': 'include:\n  - vhost: {defaults: {port: 81}}\n  - other\n',
      'base/vhost.sls': 'include: [inner]\nport: <port>\n',
      'base/inner.sls': 'inner: <port>\n',
      'base/other.sls': 'other: <port>\n',
    };
    expect(await pillarOf(files)).toEqual({ port: 81, inner: 81, other: 'None' });
  });

  test('an SLS is rendered once for all includes of an environment', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [primary, replica]\n",
      'base/primary.sls': 'include:\n  - pg: {key: main, defaults: {port: 1}}\n',
      'base/replica.sls': 'include:\n  - pg: {key: second, defaults: {port: 2}}\n',
      'base/pg.sls': 'port: <port>\n',
    };
    expect(await pillarOf(files)).toEqual({ main: { port: 1 }, second: { port: 1 } });
  });

  test('dots count from the folder of the file, upwards with each further one; files may include each other', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [stack, stack.api.v2]\n",
      'base/stack/init.sls': 'include: [.shared, .more.*]\nname: stack\n',
      'base/stack/shared.sls': 'name: shared\nregion: eu\ninclude: [stack]\n',
      'base/stack/more/a.sls': 'a: 1\n',
      'base/stack/api/v2.sls': 'include: [.limits, ..shared, ...root]\n',
      'base/stack/api/limits.sls': 'rate: 1\n',
      'base/root.sls': 'root: 1\n',
      'base/shared.sls': 'never: 1\n',
    };
    expect(await pillarOf(files)).toEqual({ name: 'shared', region: 'eu', a: 1, rate: 1, root: 1 });
  });

  test('what is wrong with an include is said with its place', async () => {
    const files = {
      'base/top.sls': "base:\n  '*': [one, two]\n",
      'base/one.sls': 'include: other\none: 1\n',
      'base/two.sls': 'include:\n  - gone\n  - ....x\n  - 5\n  - a: {key: 1}\n  - a: {defaults: x}\ntwo: 2\n',
    };
    const { problems, pillar } = await compile(files);
    expect(problems.map(({ summary, span }) => `${span?.file}:${span?.line} ${summary}`)).toEqual([
      "one.sls:1 Include Declaration in SLS 'one' is not formed as a list",
      "two.sls:2 Specified SLS 'gone' in environment 'base' is not available on the salt master",
      "two.sls:3 SLS 'two': the include ....x goes beyond the top of the pillar tree",
      "two.sls:4 SLS 'two': an include is the name of an SLS, or that name with the settings key and defaults below it",
      "two.sls:5 SLS 'two': the key of the include a is not a text",
      "two.sls:6 SLS 'two': the defaults of the include a are not a dictionary",
    ]);
    expect(toPlain(pillar)).toMatchObject({ one: 1, two: 2 });
  });
});

describe('merging', () => {
  const one = 'mail: {relay: a, port: 25, to: [x, y]}\nonly: 1\n';
  const other = 'mail: {relay: b, to: [y, z]}\n';
  const files = { ...two, 'base/one.sls': one, 'base/two.sls': other };

  test.each([
    [{}, { mail: { relay: 'b', port: 25, to: ['y', 'z'] }, only: 1 }],
    [{ pillar_merge_lists: true }, { mail: { relay: 'b', port: 25, to: ['x', 'y', 'z'] }, only: 1 }],
    [{ pillar_source_merging_strategy: 'recurse' }, { mail: { relay: 'b', port: 25, to: ['y', 'z'] }, only: 1 }],
    [{ pillar_source_merging_strategy: 'overwrite' }, { mail: { relay: 'b', to: ['y', 'z'] }, only: 1 }],
    [{ pillar_source_merging_strategy: 'aggregate' }, { mail: { relay: 'b', to: ['y', 'z'] }, only: 1 }],
  ])('%j', async (options, expected) => {
    expect(await pillarOf(files, { options })).toEqual(expected);
  });

  test('aggregate joins what yamlex files have marked, also as the smart choice', async () => {
    const marked = {
      ...two,
      'base/one.sls': '#!yamlex\npackages: !aggregate [vim, curl]\ncron: !aggregate {nightly: {hour: 3}}\nowner: ops\n',
      'base/two.sls': '#!yamlex\npackages: !aggregate [htop, vim]\ncron: !aggregate {weekly: {hour: 5}}\nowner: web\n',
    };
    const expected = {
      packages: ['vim', 'curl', 'htop'],
      cron: { nightly: { hour: 3 }, weekly: { hour: 5 } },
      owner: 'web',
    };
    expect(await pillarOf(marked, { options: { pillar_source_merging_strategy: 'aggregate' } })).toEqual(expected);
    expect(await pillarOf(marked, { options: { renderer: 'jinja|yamlex' } })).toEqual(expected);
  });

  test('an unknown strategy warns and recurses', async () => {
    const { pillar, problems } = await compile(files, { options: { pillar_source_merging_strategy: 'deep' } });
    expect(toPlain(pillar)).toEqual({ mail: { relay: 'b', port: 25, to: ['y', 'z'] }, only: 1 });
    expect(problems).toEqual([
      {
        severity: 'warning',
        code: 'pillar-strategy',
        summary: 'pillar_source_merging_strategy deep does not exist; recurse is used',
      },
    ]);
  });

  test('values of the call win over everything, and templates do not see them', async () => {
    const tree = { ...two, 'base/one.sls': 'a: {x: 1, y: 2}\nseen: <pillar.a>\n', 'base/two.sls': 'b: [1]\n' };
    expect(await pillarOf(tree, { override: { a: { y: 3 }, b: [2], c: 4 } })).toEqual({
      a: { x: 1, y: 3 },
      b: [2],
      c: 4,
      seen: 'None',
    });
  });

  test('pillar_opts shows the configuration without its grains', async () => {
    const options = { pillar_opts: true, id: 'm', grains: { a: 1 } };
    expect(await pillarOf({}, { options })).toEqual({ master: { pillar_opts: true, id: 'm' } });
  });
});

describe('faults', () => {
  test('each is reported with its place, and _errors stands beside what did compile', async () => {
    const files = {
      'base/top.sls':
        "base:\n  '*':\n    - fine\n    - broken\n    - bad\n    - list\n    - apps.nowhere\nprod:\n  '*': [x]\n",
      'base/fine.sls': 'fine: true\n',
      'base/broken.sls': 'a: 1\n<fail>\n',
      'base/bad.sls': 'a: [1\n',
      'base/list.sls': '- 1\n',
    };
    const { pillar, problems } = await compile(files, { options: { file_client: 'local' } });
    expect(problems.map(({ code, span, summary }) => [code, span?.file, span?.line, summary])).toEqual([
      ['pillar-render', 'broken.sls', 2, "Rendering SLS 'broken' failed: Jinja error: no"],
      [
        'pillar-render',
        'bad.sls',
        1,
        "Rendering SLS 'bad' failed: expected ',' or ']': the '[' that begins here is not closed",
      ],
      ['pillar-shape', 'list.sls', 1, "SLS 'list' does not render to a dictionary"],
      [
        'pillar-sls-missing',
        'top.sls',
        7,
        "Specified SLS 'apps.nowhere' in environment 'base' is not available on the salt master",
      ],
      ['pillar-environment', 'top.sls', 9, "No matching pillar environment for environment 'prod' found"],
    ]);
    const shown = toPlain(pillar) as { fine: boolean; _errors: string[] };
    expect(Object.keys(shown)).toEqual(['fine', '_errors']);
    expect(shown._errors[0]).toBe("broken.sls:2: error: Rendering SLS 'broken' failed: Jinja error: no");
    expect(shown._errors).toHaveLength(5);
  });

  test('a minion of a master is told only that a file or source failed, unless pillar_safe_render_error is off', async () => {
    const files = { 'base/top.sls': "base:\n  '*': [broken]\n", 'base/broken.sls': '<fail>\n' };
    expect((await compile(files)).pillar.get('_errors')).toEqual([
      "Rendering SLS 'broken' failed. Please see master log for details.",
    ]);
    const load = () => Promise.reject(new AppError({ code: 'x', message: 'a: [secret' }));
    const source = { options: { ext_pillar: [{ fails: 1 }] }, external: [{ name: 'fails', load }] };
    expect((await compile({}, source)).pillar.get('_errors')).toEqual([
      'Failed to load ext_pillar fails. Please see master log for details.',
    ]);
    const open = await compile(files, { options: { pillar_safe_render_error: false } });
    expect(open.pillar.get('_errors')).toEqual(["broken.sls:1: error: Rendering SLS 'broken' failed: Jinja error: no"]);
  });

  test('ignore_missing silences missing files of its target only', async () => {
    const files = {
      'base/top.sls': "base:\n  '*':\n    - ignore_missing: true\n    - gone\n    - here\n  'web*': [lost]\n",
      'base/here.sls': 'here: 1\n',
    };
    const { problems } = await compile(files);
    expect(problems.map(({ summary }) => summary)).toEqual([
      "Specified SLS 'lost' in environment 'base' is not available on the salt master",
    ]);
  });

  test('a target with an empty dict gets nothing', async () => {
    const files = { 'base/top.sls': "base:\n  '*': {}\n  'web*': [here]\n", 'base/here.sls': 'here: 1\n' };
    const { pillar, problems } = await compile(files);
    expect([pillar.get('here'), problems]).toEqual([1, []]);
  });

  test('a missing file comes with the nearest name', async () => {
    const files = { 'base/top.sls': "base:\n  '*': [comon]\n", 'base/common.sls': 'a: 1\n' };
    expect((await compile(files)).problems[0]?.help).toBe('did you mean common?');
  });

  test.each([
    [
      'base: [',
      'top-render',
      "Rendering Primary Top file failed: expected ',' or ']': the '[' that begins here is not closed",
    ],
    ['- base\n', 'top-invalid', 'Top data was not formed as a dict'],
    ['base:\n', 'top-invalid', 'Unable to render top file. No targets found.'],
    ['base: [x]\n', 'top-invalid', 'The top file matches for saltenv base are not formatted as a dict'],
    ["base:\n  '*': x\n", 'top-invalid', 'Malformed topfile (state declarations not formed as a list)'],
    ['1:\n  a: [x]\n', 'top-invalid', 'Environment 1 in top file is not formed as a string'],
    ["base:\n  '*': [5]\n", 'top-invalid', 'A target of the top file names 5, which is no text: put it in quotes'],
    [
      "base:\n  '*': [{match: regex}, x]\n",
      'top-matcher-unknown',
      'the target * of the top file has the unknown match: regex',
    ],
  ])('the top file %j is refused', async (top, code, summary) => {
    const { problems } = await compile({ 'base/top.sls': top });
    expect(problems.map((problem) => [problem.severity, problem.code, problem.summary])).toEqual([
      ['error', code, summary],
    ]);
  });
});

describe('external pillars', () => {
  const echo: ExternalPillar = {
    name: 'echo',
    load: ({ configuration, pillar, minionId }) => {
      const seen = [...pillar.keys()].map(pythonStr).join();
      return Promise.resolve(new Map([...(configuration as Dict), ['seen', seen], ['id', minionId]]));
    },
  };
  const fail: ExternalPillar = {
    name: 'fail',
    load: () => Promise.reject(new AppError({ code: 'cmd', message: 'exit 2' })),
  };
  const files = {
    'base/top.sls': "base:\n  '*': [site]\n",
    'base/site.sls': 'limit: {a: 1, b: 1}\nread: <pillar.z>\n',
  };
  const external = [echo, fail];

  test('each is merged over what came before it', async () => {
    const options = { ext_pillar: [{ echo: { limit: { b: 2 } } }, { echo: { limit: { c: 3 } } }] };
    expect(await pillarOf(files, { options, external })).toEqual({
      limit: { a: 1, b: 2, c: 3 },
      read: 'None',
      seen: 'limit,read,seen,id',
      id: 'web1',
    });
  });

  test('with ext_pillar_first the files see them and win', async () => {
    const options = { ext_pillar_first: true, ext_pillar: [{ echo: { limit: { b: 2, c: 3 }, z: 9 } }] };
    expect(await pillarOf(files, { options, external })).toEqual({
      limit: { a: 1, b: 1, c: 3 },
      read: 9,
      z: 9,
      seen: '',
      id: 'web1',
    });
  });

  test('one that fails, does not exist or is not configured as one is an error', async () => {
    const options = { ext_pillar: [{ fail: 1 }, { git: [] }, { echo: {} }], exclude_ext_pillar: ['echo'] };
    const { problems } = await compile(files, { options, external });
    expect(problems.map(({ summary }) => summary)).toEqual([
      'Failed to load ext_pillar fail: exit 2',
      'Specified ext_pillar interface git is unavailable',
    ]);
    const malformed = await compile(files, { options: { ext_pillar: 'echo' }, external });
    expect(malformed.problems.map(({ summary }) => summary)).toEqual(['The "ext_pillar" option is malformed']);
  });
});

describe('decrypt_pillar', () => {
  const files = { 'base/top.sls': "base:\n  '*': [s]\n", 'base/s.sls': 'a: {b: {c: x, d: [x]}}\ntop: x\n8: x\n' };
  const decrypters = new Map<string, PillarDecrypter>([
    ['gpg', (value) => Promise.resolve(Array.isArray(value) ? value.map(() => 'plain') : 'plain')],
    ['nacl', () => Promise.reject(new AppError({ code: 'nacl', message: 'no key' }))],
  ]);

  test('decrypts the named values in place', async () => {
    const options = { decrypt_pillar: ['a:b:d', { top: 'gpg' }, '8', 'no:such'], decrypt_pillar_renderers: ['gpg'] };
    expect(await pillarOf(files, { options, decrypters })).toEqual({
      a: { b: { c: 'x', d: ['plain'] } },
      top: 'plain',
      8: 'plain',
    });
    const dotted = { decrypt_pillar: { 'a.b.c': null }, decrypt_pillar_delimiter: '.' };
    expect(await pillarOf(files, { options: dotted, decrypters })).toMatchObject({ a: { b: { c: 'plain' } } });
  });

  test('what cannot be decrypted is an error that names the key', async () => {
    const options = { decrypt_pillar: [{ top: 'nacl' }, { 'a:b': 'rot13' }] };
    const { problems } = await compile(files, { options, decrypters });
    expect(problems.map(({ summary }) => summary)).toEqual([
      "Failed to decrypt pillar key 'top': no key",
      "Failed to decrypt pillar key 'a:b': 'rot13' is not a valid decryption renderer",
    ]);
    const malformed = await compile(files, { options: { decrypt_pillar: 5 }, decrypters });
    expect(malformed.problems.map(({ summary }) => summary)).toEqual(['decrypt_pillar config option is malformed']);
  });
});

test('a pillar tells the places that set a value, the winning one last', async () => {
  const files = {
    ...two,
    'base/one.sls': 'include:\n  - sub: {key: mail}\nmail:\n  relay: a\nports: [1, 2]\n',
    'base/two.sls': 'mail:\n  relay: b\n8080: x\n',
    'base/sub.sls': 'relay: c\n',
  };
  const { originsOf } = await compile(files);
  const places = (...path: (string | number)[]): string[] =>
    originsOf(path).map(({ file, line, column }) => `${file}:${line}:${column}`);
  expect(places('mail', 'relay')).toEqual(['sub.sls:1:1', 'one.sls:4:3', 'two.sls:2:3']);
  expect(places('mail')).toEqual(['sub.sls:1:1', 'one.sls:3:1', 'two.sls:1:1']);
  expect(places('ports', 1)).toEqual(['one.sls:5:12']);
  expect(places('8080')).toEqual(['two.sls:3:1']);
  expect(places('nothing')).toEqual([]);
});

test.each<[Plain, { readonly pillarenv?: string; readonly saltenv?: string }, string]>([
  [{}, {}, 'base'],
  [{}, { saltenv: 'dev' }, 'dev'],
  [{ pillarenv: 'qa' }, { saltenv: 'dev' }, 'qa'],
  [{ pillarenv: 'qa' }, { pillarenv: 'prod', saltenv: 'dev' }, 'prod'],
  [{ pillarenv: 'qa', pillarenv_from_saltenv: true }, { saltenv: 'dev' }, 'dev'],
  [{ saltenv: 'dev' }, {}, 'dev'],
])('of %j and %j, __env__ of pillar_roots is %s', (options, asked, environment) => {
  expect(dynamicPillarEnvironment(toValue(options) as Dict, asked)).toBe(environment);
});
