import { isDict, toPlain, toValue, type Dict, type Plain } from '@brine/common';
import { createMemoryTree } from '@brine/testkit';
import { expect, test } from 'vitest';
import { createFileRoots } from '../file-roots/file-roots.ts';
import { createRenderer } from '../renderers/create-renderer.ts';
import { compileTop } from './compile-top.ts';
import type { TopResult } from './top-result.ts';

const templates = {
  render: () => Promise.reject(new Error('top files of these tests are plain YAML')),
  close: () => Promise.resolve(),
};

interface Setup {
  readonly options?: Plain;
  readonly environment?: string;
  readonly id?: string;
}

/** Compiles the state top for web1 over the environments base, prod and stage, each in /srv/<environment>. */
async function compile(files: Record<string, string>, setup: Setup = {}): Promise<TopResult> {
  const disk = createMemoryTree(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [`/srv/${path}`, text] as const)),
  );
  const roots = new Map(['prod', 'base', 'stage'].map((name) => [name, [`/srv/${name}`]]));
  const options = toValue(setup.options ?? {});
  return compileTop({
    kind: 'state',
    files: createFileRoots({ roots, disk }),
    renderer: createRenderer({ templates, defaultPipeline: 'yaml' }),
    context: {
      grains: toValue({ role: 'web' }) as Dict,
      pillar: toValue({ plan: 'gold' }) as Dict,
      options: isDict(options) ? options : new Map(),
    },
    minionId: setup.id ?? 'web1',
    ...(setup.environment === undefined ? {} : { environment: setup.environment }),
  });
}

async function matches(files: Record<string, string>, setup?: Setup): Promise<unknown> {
  const top = await compile(files, setup);
  expect(top.problems).toEqual([]);
  return toPlain(toValue(top.matches));
}

test('each matching target adds its names, repeated ones too', async () => {
  const files = {
    'base/top.sls': [
      'base:',
      "  'G@role:web and not E@db.*': [prod]",
      "  '*': [common, users]",
      "  'web* or lb*': [edge, common]",
      "  'db*': [never]",
      "  'plan:gold': [{match: pillar}, gold]",
      "  'edge': [{match: nodegroup}, group]",
    ].join('\n'),
  };
  const options = { nodegroups: { edge: 'web*' } };
  expect(await matches(files, { options })).toEqual({
    base: ['prod', 'common', 'users', 'edge', 'common', 'gold', 'group'],
  });
});

test('a list may name files of other environments, and narrow its target further', async () => {
  const files = {
    'base/top.sls': [
      'base:',
      "  'web*':",
      '    - one',
      '    - prod: two',
      '    - nowhere: three',
      '    - subfilter:',
      "        '*1': [four]",
      "        '*2': [five]",
    ].join('\n'),
  };
  expect(await matches(files)).toEqual({ base: ['one', 'four'], prod: ['two'] });
});

const tops = {
  'base/top.sls': "base:\n  '*': [common]\nprod:\n  '*': [prod_in_base]\n",
  'prod/top.sls': "prod:\n  '*': [prod_own]\nstage:\n  '*': [foreign]\nbase:\n  '*': [base_in_prod]\n",
  'stage/top.sls': "stage:\n  '*': [stage_own]\n",
};

test('merge: base speaks first, others only of themselves where base is silent', async () => {
  expect(await matches(tops)).toEqual({ base: ['common'], prod: ['prod_in_base'], stage: ['stage_own'] });
});

test('same: each environment is taken from its own top file, or from that of default_top', async () => {
  const options = { top_file_merging_strategy: 'same', default_top: 'prod' };
  expect(await matches(tops, { options })).toEqual({ base: ['common'], prod: ['prod_own'], stage: ['stage_own'] });
  const { 'stage/top.sls': _, ...rest } = tops;
  expect(await matches(rest, { options })).toEqual({ base: ['common'], prod: ['prod_own'], stage: ['foreign'] });
  const { problems } = await compile(tops, { options: { top_file_merging_strategy: 'same' } });
  expect(problems.map(({ summary }) => summary)).toEqual([
    "top_file_merging_strategy set to 'same', but no default_top configuration option was set",
  ]);
});

test('merge_all: lists of one target are joined, in env_order', async () => {
  const options = { top_file_merging_strategy: 'merge_all', env_order: ['prod', 'base', 'prod', 'gone'] };
  const files = {
    'base/top.sls': "base:\n  '*': [common, ssh]\n",
    'prod/top.sls': "base:\n  '*': [ssh, ntp]\n  'web*': [nginx]\n",
    'stage/top.sls': "base:\n  '*': [left_out]\n",
  };
  expect(await matches(files, { options })).toEqual({ base: ['ssh', 'ntp', 'common', 'nginx'] });
});

test('an unknown strategy warns and merges', async () => {
  const top = await compile(tops, { options: { top_file_merging_strategy: 'mix' } });
  expect(toPlain(toValue(top.matches))).toEqual({ base: ['common'], prod: ['prod_in_base'], stage: ['stage_own'] });
  expect(top.problems).toEqual([
    {
      severity: 'warning',
      code: 'top-invalid',
      summary: 'top_file_merging_strategy mix does not exist; merge is used',
      help: 'it is one of merge, merge_all and same',
    },
  ]);
});

test('one environment may be asked for, or one top file for all', async () => {
  expect(await matches(tops, { environment: 'prod' })).toEqual({ prod: ['prod_own'] });
  expect(await matches(tops, { options: { state_top_saltenv: 'stage' } })).toEqual({ stage: ['stage_own'] });
  const entry = { 'base/entry.sls': "base:\n  '*': [right]\n", ...tops };
  expect(await matches(entry, { options: { state_top: 'salt://entry.sls' } })).toEqual({ base: ['right'] });
});

test('top files include others, by name or glob', async () => {
  const files = {
    'base/top.sls': "include: ['tops.*']\nbase:\n  '*': [one]\n",
    'base/tops/a.sls': "base:\n  'web*': [two]\n",
    'base/tops/b.sls': "base:\n  'x*': [three]\n",
  };
  expect(await matches(files)).toEqual({ base: ['one', 'two'] });
  const { problems } = await compile({ 'base/top.sls': "include: [gone]\nbase:\n  '*': [one]\n" });
  expect(problems.map(({ summary }) => summary)).toEqual([
    "Rendering Top file gone failed: there is no such file in the environment 'base'",
  ]);
});

test('the result tells whether there was a top file and where a name was written', async () => {
  const found = await compile({ 'base/top.sls': "base:\n  '*':\n    - one\n    - two\n" });
  expect([found.found, found.spanOf('base', 'two'), found.spanOf('base', 'three')]).toEqual([
    true,
    { file: 'top.sls', line: 4, column: 7 },
    undefined,
  ]);
  expect(await compile({})).toMatchObject({ found: false, matches: new Map(), problems: [] });
  expect(await compile({ 'base/top.sls': "base:\n  'db*': [one]\n" })).toMatchObject({
    found: true,
    matches: new Map(),
  });
});

test('a broken top file is an error with its place', async () => {
  const { problems } = await compile({ 'base/top.sls': "base:\n  '*':\n    - one\n   - two\n" });
  expect(problems).toMatchObject([{ severity: 'error', code: 'top-render', span: { file: 'top.sls', line: 4 } }]);
});
