import { toPlain, type Plain } from '@brine/common';
import { createStateWorld } from '@brine/testkit';
import { expect, test } from 'vitest';

const text = [
  'b: {world.wait: [watch: [world: a], onchanges: [c]]}',
  'a: {world.set: [name: x"y, value: 1]}',
  'c: {world.run: [prereq: [world: a], listen: [world: b]]}',
  '',
].join('\n');

async function graph(format?: Plain): Promise<unknown> {
  const world = createStateWorld({ files: { 'base/s.sls': text } });
  const { value } = await world.request('show_graph', ['s'], format === undefined ? {} : { format });
  return toPlain(value);
}

test('the graph is shown as text, in the order of the run', async () => {
  expect(await graph()).toBe(
    [
      '1 world.run: c (s.sls:3:1)',
      '    prereq 2 world.set: a [x"y]',
      '    listen 3 world.wait: b',
      '2 world.set: a [x"y] (s.sls:2:1)',
      '3 world.wait: b (s.sls:1:1)',
      '    watch 2 world.set: a [x"y]',
      '    onchanges 1 world.run: c',
    ].join('\n'),
  );
});

test('the graph is shown for Graphviz', async () => {
  expect(await graph('dot')).toBe(
    [
      'digraph states {',
      '  rankdir=RL;',
      '  node [shape=box];',
      '  s1 [label="world.run: c"];',
      '  s2 [label="world.set: a [x\\"y]"];',
      '  s3 [label="world.wait: b"];',
      '  s1 -> s2 [label="prereq"];',
      '  s3 -> s2 [label="watch"];',
      '  s3 -> s1 [label="onchanges"];',
      '  s1 -> s3 [label="listen"];',
      '}',
    ].join('\n'),
  );
});

test('the graph is shown as data', async () => {
  expect(await graph('json')).toEqual({
    nodes: [
      node({ number: 1, id: 'c', fun: 'run', line: 3 }),
      node({ number: 2, id: 'a', name: 'x"y', fun: 'set', line: 2 }),
      node({ number: 3, id: 'b', fun: 'wait', line: 1 }),
    ],
    edges: [
      { from: 1, to: 2, kind: 'prereq' },
      { from: 3, to: 2, kind: 'watch' },
      { from: 3, to: 1, kind: 'onchanges' },
      { from: 1, to: 3, kind: 'listen' },
    ],
  });
});

test('another format is refused', async () => {
  await expect(graph('svg')).rejects.toMatchObject({
    code: 'state-argument',
    message: "format must be one of text, dot and json, not 'svg'",
  });
});

interface Node {
  readonly number: number;
  readonly id: string;
  readonly name?: string;
  readonly fun: string;
  readonly line: number;
}

function node({ number, id, name = id, fun, line }: Node): object {
  const tag = `world_|-${id}_|-${name}_|-${fun}`;
  return { number, tag, id, name, function: `world.${fun}`, sls: 's', saltenv: 'base', file: 's.sls', line };
}
