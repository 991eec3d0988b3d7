import { silentLogger, toPlain, toValue, type Dict } from '@brine/common';
import { createStateWorld } from '@brine/testkit';
import { expect, test } from 'vitest';
import type { StateLibrary } from './state-library.ts';

/** What each package step was asked for, as `ID: PACKAGES`. */
async function asked(text: string, options: Record<string, boolean | string[]> = {}): Promise<string[]> {
  const calls: string[] = [];
  const library: StateLibrary = {
    names: () => [],
    describe: () => Promise.resolve({ argumentNames: [], acceptsUnknown: true, hasOnWatch: true }),
    validate: () => Promise.resolve([]),
    check: ({ id, chunk }) => {
      calls.push(`${id}: ${JSON.stringify(toPlain(chunk.get('pkgs') ?? chunk.get('name') ?? null))}`);
      return Promise.resolve({ kind: 'ok', comment: '' });
    },
    onWatch: () => Promise.reject(new Error('not asked for')),
  };
  const grains = (): Dict => new Map();
  const world = createStateWorld({
    files: { 'base/s.sls': text },
    options,
    ports: { library, grains, log: silentLogger },
  });
  await world.runs.run({ kind: 'sls', positional: ['s'], keyword: toValue({}) as Dict });
  return calls;
}

const tree = [
  'repo: {test.nop: []}',
  'a: {pkg.installed: [require: [test: repo]]}',
  'b: {pkg.installed: [{version: "1"}, {require: [test: repo]}]}',
  'c: {pkg.installed: [pkgs: [x, y]]}',
  'other_args: {pkg.installed: [fromrepo: z]}',
  'conditional: {pkg.installed: [unless: "true"]}',
  'held: {pkg.installed: [hold: true]}',
  'followed: {pkg.installed: []}',
  'follower: {test.nop: [watch: [pkg: followed]]}',
  'waiting: {pkg.installed: [require: [test: later]]}',
  'later: {test.nop: []}',
  'gone: {pkg.removed: []}',
].join('\n');

test('without the wish for it every package step does its own', async () => {
  expect((await asked(tree)).filter((call) => /^[abc]:/.test(call))).toEqual(['a: "a"', 'b: "b"', 'c: ["x","y"]']);
});

test.each([[{ state_aggregate: true }], [{ state_aggregate: ['pkg'] }]])(
  'with %j a step takes along those that could run now and differ in nothing else',
  async (options) => {
    expect((await asked(tree, options)).filter((call) => /^[abc]:/.test(call))).toEqual([
      'a: ["a",{"b":"1"},"x","y"]',
      'b: "b"',
      'c: ["x","y"]',
    ]);
  },
);

test('a step may wish for it, or not, itself', async () => {
  const text = 'a: {pkg.installed: [aggregate: true]}\nb: {pkg.installed: [aggregate: true]}\nc: {pkg.installed: []}\n';
  expect(await asked(text)).toEqual(['a: ["a","b"]', 'b: "b"', 'c: "c"']);
  expect(
    await asked('a: {pkg.installed: [aggregate: false]}\nb: {pkg.installed: []}\n', { state_aggregate: true }),
  ).toEqual(['a: "a"', 'b: "b"']);
});

test('a dry run foretells each step by itself', async () => {
  expect(
    await asked('a: {pkg.installed: []}\nb: {pkg.installed: []}\n', { state_aggregate: true, test: true }),
  ).toEqual(['a: "a"', 'b: "b"']);
});
