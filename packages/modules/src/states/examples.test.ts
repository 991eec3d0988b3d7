import { isDict, loadYaml, pythonStr, type Dict, type Value } from '@brine/common';
import { createFakeHost, createStateContext } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { bindStateArguments, type StateDeclaration } from '../kit/index.ts';
import { stateTable } from './table.ts';

interface Chunk {
  readonly state: string;
  readonly chunk: Dict;
}

/** The chunks of an example: ids with functions, arguments as lists of one-key dicts. */
function chunksOf(example: string): Chunk[] {
  const { value } = loadYaml(example);
  if (!isDict(value)) throw new Error('an example is a dict of ids');
  return [...value].flatMap(([id, body]) => {
    if (!isDict(body)) throw new Error('an id is a dict of functions');
    return Array.from(body, ([state, rows]) => ({ state: pythonStr(state), chunk: toChunk(id, rows) }));
  });
}

function toChunk(id: Value, rows: Value): Dict {
  if (!Array.isArray(rows)) throw new Error('arguments are a list');
  const given = rows.flatMap((row) => (isDict(row) ? [...row] : [[row, null] as [Value, Value]]));
  return new Map<Value, Value>([['name', id], ...given]);
}

/** The examples of a declaration that show it, each with its chunk. */
function shownBy(declaration: StateDeclaration): Chunk[] {
  return declaration.examples.flatMap(chunksOf).filter(({ state }) => state === declaration.name);
}

describe('the examples of states', () => {
  for (const [name, load] of Object.entries(stateTable))
    it(`show ${name} with arguments that it takes, and look without touching anything`, async () => {
      const declaration = await load();
      const chunks = shownBy(declaration);
      expect(chunks).toHaveLength(declaration.examples.length);
      for (const { chunk } of chunks) {
        const { args, unknown } = bindStateArguments(declaration, chunk);
        // Those take any argument: settings of a function, a rule, a beacon.
        if (!/^(?:module\.|iptables\.|nftables\.|beacon\.present$)/.test(name))
          expect([...unknown.keys()], name).toEqual([]);
        const host = createFakeHost();
        const before = JSON.stringify(host.snapshot());
        // Nobody else is there to be asked.
        const functions = { 'publish.publish': () => ({}) };
        const context = { ...(await createStateContext(host, name, { functions })), unknownArguments: unknown };
        // A bare machine lacks the programs; that must be an addressed error and not a crash.
        const outcome = await declaration.check(args, context).catch((caught: { code?: string }) => caught.code);
        expect(outcome === 'provider-missing' || outcome === 'state-failed' || typeof outcome === 'object').toBe(true);
        expect(JSON.stringify(host.snapshot())).toBe(before);
      }
    });
});
