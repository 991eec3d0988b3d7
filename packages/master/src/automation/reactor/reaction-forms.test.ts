import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, toPlain, toValue, type Dict, type Value } from '@brine/common';
import { loadConfig } from '@brine/common/schemas';
import type { JobRequest, MasterCall } from '@brine/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { performReaction, type ReactionPorts } from './perform-reaction.ts';
import { createReactionCompiler, type ReactionParts } from './reaction-compiler.ts';
import { readReactorMap } from './reactor-map.ts';
import type { ReactionRenderer } from './reaction.ts';

let folder: string;
let renderer: ReactionRenderer;
let done: unknown[];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'reactions-'));
  writeFileSync(join(folder, 'master'), `root_dir: ${folder}\n`);
  renderer = createReactionCompiler({
    config: loadConfig('master', { configDir: folder }).config,
    configDirectory: folder,
    logger: silentLogger,
    master: { run: async () => expect.unreachable() } as unknown as ReactionParts['master'],
    redactionKey: new Uint8Array(32),
  });
});

afterAll(async () => {
  await renderer.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  done = [];
});

function noteCall(kind: string, { fun, positional, keyword }: MasterCall): void {
  done.push([kind, fun, ...positional.map((value) => toPlain(value)), toPlain(keyword)]);
}

const ports = {
  options: new Map(),
  dispatcher: {
    submit: async ({ fun, positional, keyword, target, deliverWithin, ...wish }: JobRequest) => {
      done.push(['local', fun, target, ...positional.map((value) => toPlain(value)), toPlain(keyword)]);
      const rest = { ...wish, ...(deliverWithin === 5000 ? {} : { deliverWithin }) };
      if (Object.keys(rest).length > 0) done.push(rest);
      return { jid: '1', minions: [] };
    },
  },
  runners: {
    run: async (call: MasterCall) => {
      noteCall('runner', call);
      return { retcode: 0, value: null };
    },
  },
  wheel: {
    run: async (call: MasterCall) => {
      noteCall('wheel', call);
      return { data: new Map([['success', true]]) };
    },
  },
} as unknown as ReactionPorts;

/** What comes of an event by files of reactions: what is called, and what is wrong with them. */
async function react(...texts: readonly string[]): Promise<readonly unknown[]> {
  const files = texts.map((text, index) => {
    const file = join(folder, `${index}.sls`);
    writeFileSync(file, text);
    return file;
  });
  return reactWith(files);
}

async function reactWith(files: readonly string[]): Promise<readonly unknown[]> {
  const data = toValue({ id: 'web1', fqdn: { name: 'web1.example' } }) as Dict;
  const { reactions, problems } = await renderer.render({ files, tag: 'my/tag', data });
  for (const { code, summary, span } of problems)
    done.push([code, summary, span?.file.replace(folder, ''), span?.line]);
  for (const [index, reaction] of reactions.entries()) {
    await performReaction(reaction, { sequence: 1, index }, ports).catch((error: unknown) =>
      done.push(error instanceof Error ? error.message : error),
    );
  }
  return done;
}

const web1 = { type: 'glob', expression: 'web1' };
const wanted = [['local', 'cmd.run', web1, { cmd: 'ls' }]];

describe('a local reaction', () => {
  it.each([
    'a:\n  local.cmd.run:\n    - tgt: {{ data.id }}\n    - args:\n      - cmd: ls\n',
    'a:\n  local.cmd.run:\n    - tgt: {{ data["id"] }}\n    - args:\n        cmd: ls\n',
    'a:\n  cmd.cmd.run:\n    - tgt: web1\n    - kwarg:\n        cmd: ls\n',
    'a:\n  local:\n    - cmd.run\n    - tgt: web1\n    - kwarg: {cmd: ls}\n',
    'a:\n  local.cmd.run:\n    - tgt: web1\n    - arg: [wrong]\n    - args:\n      - cmd: ls\n',
  ])('calls a function by name: %j', async (text) => {
    expect(await react(text)).toEqual(wanted);
  });

  it('takes the older positional form, in which words may name arguments', async () => {
    expect(await react('a:\n  local.cmd.run:\n    - tgt: web1\n    - arg:\n      - ls\n      - cwd=/srv\n')).toEqual([
      ['local', 'cmd.run', web1, 'ls', { cwd: '/srv' }],
    ]);
    done = [];
    expect(await react('a:\n  local.cmd.run:\n    - tgt: web1\n    - arg: ls\n')).toEqual([
      ['local', 'cmd.run', web1, 'ls', {}],
    ]);
  });

  it.each([
    ['tgt: role:web\n    - tgt_type: grain', { type: 'grain', expression: 'role:web' }],
    ['tgt: role:web\n    - expr_form: grain', { type: 'grain', expression: 'role:web' }],
    ['tgt: [a, b]\n    - tgt_type: list', { type: 'list', expression: 'a,b' }],
    ['tgt: [a, b]', { type: 'list', expression: 'a,b' }],
    ['tgt: web* and not web9\n    - tgt_type: compound', { type: 'compound', expression: 'web* and not web9' }],
  ])('is for whom `%s` means', async (lines, target) => {
    expect(await react(`a:\n  local.test.ping:\n    - ${lines}\n`)).toEqual([['local', 'test.ping', target, {}]]);
  });

  it('hands on returners, metadata and the timeout', async () => {
    const lines = ['ret: [local, redis]', 'ret_config: other', 'ret_kwargs: {db: 1}', 'metadata: {a: b}', 'timeout: 7'];
    expect(
      await react(`a:\n  local.test.ping:\n    - tgt: web1\n${lines.map((line) => `    - ${line}\n`).join('')}`),
    ).toEqual([
      ['local', 'test.ping', web1, {}],
      {
        returners: { names: ['local', 'redis'], config: 'other', kwargs: new Map([['db', 1]]) },
        metadata: new Map([['a', 'b']]),
        deliverWithin: 7000,
      },
    ]);
  });

  it.each([
    ['a:\n  local.test.ping: []\n', "'local' needs 'tgt'"],
    ['a:\n  local.test.ping:\n    - tgt: a\n    - tgt_typ: grain\n', "'local' does not take tgt_typ"],
    ['a:\n  local.test.ping:\n    - tgt: a\n    - tgt_type: nope\n', "'nope' is no kind of targets"],
    ['a:\n  local.test.ping:\n    - tgt: a\n    - args: [ls]\n', "'args' is not a mapping, nor a list of mappings"],
  ])('says what is wrong with %j', async (text, message) => {
    expect(await react(text)).toEqual([message]);
  });
});

describe('a caller reaction', () => {
  it.each([
    ['args:\n      - path: /srv/x', ['file.touch', { path: '/srv/x' }]],
    ['args: [/srv/x, 1]', ['file.touch', '/srv/x', 1, {}]],
    ['arg: [/srv/x]\n    - kwarg: {atime: 1}', ['file.touch', '/srv/x', { atime: 1 }]],
  ])('calls a function on the machine of the master with %j', async (lines, wanted) => {
    expect(await react(`a:\n  caller.file.touch:\n    - ${lines}\n`)).toEqual([['runner', 'salt.cmd', ...wanted]]);
  });
});

describe('runners and wheel functions', () => {
  it.each([
    ['runner.event.send', '    - args:\n      - tag: x\n      - data: {a: 1}\n'],
    ['runner.event.send', '    - tag: x\n    - data: {a: 1}\n'],
    ['wheel.key.accept', '    - args:\n        match: web1\n'],
    ['wheel.key.accept', '    - match: web1\n'],
  ])('%s takes its arguments in both forms: %j', async (name, lines) => {
    const [kind = '', ...fun] = name.split('.');
    const keyword = kind === 'runner' ? { tag: 'x', data: { a: 1 } } : { match: 'web1' };
    expect(await react(`a:\n  ${name}:\n${lines}`)).toEqual([[kind, fun.join('.'), keyword]]);
  });

  it('take positional arguments in the older form', async () => {
    expect(await react('a:\n  runner.event.send:\n    - arg: [x]\n    - kwarg:\n        data: {a: 1}\n')).toEqual([
      ['runner', 'event.send', 'x', { data: { a: 1 } }],
    ]);
  });
});

describe('files of reactions', () => {
  const ping = (id: string, order = ''): string =>
    `${id}:\n  runner.${id}.run:\n    - arg: []\n    - kwarg: {}\n${order}`;
  const funs = (called: readonly unknown[]): unknown[] => called.map((one) => (one as unknown[])[1]);

  it('are done in their order, those with an `order` first in each', async () => {
    const ordered = ['two', 'one'].map((id, index) => ping(id, `    - order: ${2 - index}\n`));
    expect(funs(await react([...ordered, ping('z'), ping('a')].join(''), ping('later')))).toEqual([
      ...['one.run', 'two.run', 'z.run', 'a.run', 'later.run'],
    ]);
  });

  it('know the tag and the data, and functions', async () => {
    const text = '{{ tag }}={{ data.fqdn.name }}={{ salt["test.echo"]("x") }}';
    expect(await react(`a:\n  runner.test.arg:\n    - args:\n      - a: ${text}\n`)).toEqual([
      ['runner', 'test.arg', { a: 'my/tag=web1.example=x' }],
    ]);
  });

  it.each([
    ['a:\n  local.cmd.run:\n    - tgt: {{ data.nope.foo }}\n', 'jinja-undefined', 3],
    ['a:\n  local.cmd.run: [\n', 'yaml-syntax', 2],
    ['x: []\na:\n  foo.cmd.run: []\n', 'reaction-invalid', 1],
    ['\n\na:\n  local:\n    - tgt: a\n', 'reaction-invalid', 3],
    ['- a\n', 'reaction-invalid', 1],
    ['#!py\n', 'renderer-unsupported', 1],
  ])('tell the place of a mistake, and others are done: %j', async (text, code, line) => {
    const [problem, ...others] = await react(text, ping('good'));
    expect(problem).toEqual([code, expect.any(String), '/0.sls', line]);
    expect(funs(others.slice(-1))).toEqual(['good.run']);
  });

  it('may be globs; one that is not there is told of', async () => {
    await react(ping('one'), ping('two'));
    done = [];
    const missing = join(folder, 'nope.sls');
    expect(await reactWith([missing, join(folder, '[01].sls'), join(folder, 'no*.sls')])).toEqual([
      ['reaction-invalid', `there is no file of reactions '${missing}'`, undefined, undefined],
      ['reaction-invalid', `there is no file of reactions '${join(folder, 'no*.sls')}'`, undefined, undefined],
      ['runner', 'one.run', {}],
      ['runner', 'two.run', {}],
    ]);
  });
});

describe('the reactor key', () => {
  it('is a list, or names a file that has one', () => {
    const file = join(folder, 'map.yaml');
    const rules: Value[] = [toValue({ 'a/*': ['x.sls'] })];
    writeFileSync(file, '- a/*: [x.sls]\n');
    expect(readReactorMap(file)).toEqual(rules);
    expect(readReactorMap(rules)).toEqual(rules);
    expect(readReactorMap(undefined)).toEqual([]);
    writeFileSync(file, 'a: [\n');
    expect(() => readReactorMap(file)).toThrow(`'reactor' cannot be read: `);
    writeFileSync(file, 'a: b\n');
    expect(() => readReactorMap(file)).toThrow("of 'reactor' is not a list of tags with reactions");
    expect(() => readReactorMap(join(folder, 'nope'))).toThrow('no such file');
  });
});
