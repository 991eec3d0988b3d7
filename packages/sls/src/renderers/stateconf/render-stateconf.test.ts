import { isAppError, pythonStr, toPlain, type Dict } from '@brine/common';
import { describe, expect, test } from 'vitest';
import type { TemplateEngine } from '../../template-thread/template-engine.ts';
import { createRenderer } from '../create-renderer.ts';
import type { RenderedData } from '../renderer.ts';

// Stands for Jinja: <a.b> is a member of a variable.
const templates: TemplateEngine = {
  render({ text, file, variables }) {
    const rendered = text.replace(/<(\w+)\.(\w+)>/g, (_, name: string, key: string) => {
      const variable = variables.get(name);
      return variable instanceof Map ? pythonStr(variable.get(key) ?? null) : '?';
    });
    const lineOrigins = text.split('\n').map((_, index) => ({ file, line: index + 1 }));
    return Promise.resolve({ text: rendered, lineOrigins });
  },
  close: () => Promise.resolve(),
};

async function render(text: string): Promise<RenderedData> {
  const context = { grains: new Map(), pillar: new Map(), options: new Map() };
  const source = { file: 'web/app.sls', text, saltenv: 'base', sls: 'web.app' };
  return createRenderer({ templates }).render(source, context);
}

async function high(text: string): Promise<unknown> {
  return toPlain((await render(text)).value);
}

test('local ids get the name of their file, in requisites too, and keep their name as an argument', async () => {
  const text = [
    '#!stateconf -G',
    'include: [.common, other, prod: .x]',
    'exclude: [{sls: .bad}]',
    '.conf:',
    '  file.managed:',
    '    - require: [{pkg: .app}, {file: .lib::dir}]',
    '.app: pkg.installed',
    'plain:',
    '  cmd.run:',
    '    - name: x',
    '    - watch_in: [{file: .conf}]',
    'extend:',
    '  .lib::dir: {file: [{mode: 755}]}',
  ].join('\n');
  expect(await high(text)).toEqual({
    include: [{ base: 'web.common' }, 'other', { prod: 'web.x' }],
    exclude: [{ sls: 'web.bad' }],
    'web.app::conf': {
      'file.managed': [{ name: 'conf' }, { require: [{ pkg: 'web.app::app' }, { file: 'web.lib::dir' }] }],
    },
    'web.app::app': { 'pkg.installed': [{ name: 'app' }] },
    plain: { 'cmd.run': [{ name: 'x' }, { watch_in: [{ file: 'web.app::conf' }] }] },
    extend: { 'web.lib::dir': { file: [{ name: 'lib::dir' }, { mode: 755 }] } },
  });
});

test('a goal state requires all others, and -s puts a start state before them', async () => {
  expect(await high('#!stateconf -s yaml . jinja\na: {cmd.run: [{name: x}]}\nb: {test.nop: []}\n')).toEqual({
    a: { 'cmd.run': [{ name: 'x' }] },
    b: { 'test.nop': [] },
    'web.app::start': { 'stateconf.set': [{ require_in: [{ cmd: 'a' }] }] },
    'web.app::goal': { 'stateconf.set': [{ require: [{ cmd: 'a' }, { test: 'b' }, { stateconf: 'web.app::start' }] }] },
  });
});

test('with -o every state requires the one before it', async () => {
  const text = '#!stateconf -Go\na: {cmd.run: [{name: x}]}\nb: {cmd.run: [{require: [{pkg: z}]}]}\nc: {test.nop: []}\n';
  expect(await high(text)).toEqual({
    a: { 'cmd.run': [{ name: 'x' }] },
    b: { 'cmd.run': [{ require: [{ cmd: 'a' }, { pkg: 'z' }] }] },
    c: { 'test.nop': [{ require: [{ cmd: 'b' }] }] },
  });
});

test('what stateconf.set sets above the end marker is a variable below it', async () => {
  const text = [
    '#!stateconf -G',
    '.params:',
    '  stateconf.set:',
    '    - port: 80',
    '# --- end of state config ---',
    'a: {cmd.run: [{name: "listen <params.port>"}]}',
  ].join('\n');
  expect(await high(text)).toEqual({
    a: { 'cmd.run': [{ name: 'listen 80' }] },
    'web.app::params': { 'stateconf.set': [{ port: 80 }] },
  });
});

test('-p takes the data that the renderers before it gave', async () => {
  expect(await high('#!yaml|stateconf -Gp\n.a: test.nop\n')).toEqual({
    'web.app::a': { 'test.nop': [{ name: 'a' }] },
  });
});

test('renamed ids keep their positions', async () => {
  const { value, positionOf } = await render('#!stateconf -G\n\n.a:\n  test.nop: []\n');
  expect(positionOf(value as Dict, 'web.app::a')).toEqual({ file: 'web/app.sls', line: 3, column: 1 });
  expect(positionOf((value as Dict).get('web.app::a') as Dict, 'test.nop')).toEqual({
    file: 'web/app.sls',
    line: 4,
    column: 3,
  });
});

describe('refusals', () => {
  test.each([
    ['#!stateconf -Go\na: {cmd.run: [{require: [{cmd: b}]}]}\nb: {cmd.run: []}\n', "can't require/watch"],
    ['#!stateconf -Go\na: {cmd.run: []}\nb: {cmd.run: [{require_in: [{cmd: a}]}]}\n', "can't require_in/watch_in"],
    ['#!stateconf -Go\na: {cmd.run: [{names: [x]}]}\n', "'names' declaration(found in state id: a)"],
    ['#!stateconf\n.goal: {test.nop: []}\n', "Can't generate goal state(.goal)"],
    ['#!stateconf -s\n.start: {test.nop: []}\n', "Can't generate start state(.start)"],
    ['#!stateconf -s\ninclude: [x]\n', "Can't determine the first state"],
    ['#!stateconf -G\n.a: {test.nop: []}\nweb.app::a: {test.nop: []}\n', "Can't rename state id(.a)"],
    ['#!stateconf -G\ninclude: [....x]\n', 'beyond top level'],
    ['#!stateconf yaml\na: 1\n', 'is not "stateconf [-Gosp]'],
    ['#!stateconf yaml . mako\na: 1\n', 'Renderer: mako is not available'],
    ['#!stateconf hcl . jinja\na: 1\n', 'Renderer: hcl is not available'],
  ])('%j', async (text, message) => {
    const error: unknown = await render(text).catch((caught: unknown) => caught);
    expect(isAppError(error) && error.message).toContain(message);
  });
});
