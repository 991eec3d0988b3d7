import type { Dict, Plain, Value } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleOf, faultOfCall, hostileCalls, type CallPlace, type Given } from '../../test-support/hostile-calls.ts';
import {
  asksServers,
  startLineStandIn,
  startWebStandIn,
  strangeJson,
  strangeReplies,
  watchConnections,
  type StandIn,
} from '../../test-support/hostile-servers.ts';
import { createLocalMachine } from '../grains/local-machine.ts';
import type { FunctionDeclaration } from '../kit/define-function.ts';
import { functionTable } from './table.ts';

let web: StandIn;
let redis: StandIn;
const connections = watchConnections();
beforeAll(async () => {
  web = await startWebStandIn();
  redis = await startLineStandIn();
});
afterAll(async () => {
  connections.close();
  await web.close();
  await redis.close();
});

const declarations = (await Promise.all(Object.values(functionTable).map((load) => load()))).filter(({ name }) =>
  asksServers.test(name),
);
const cases = declarations.map((declaration) => [declaration.name, declaration] as const);

/** This machine, but for the names of others: none resolves to anything beyond it. */
function place(): CallPlace {
  const machine = { ...createLocalMachine(), resolve: async () => ['127.0.0.1'], reverse: async () => undefined };
  return { machine, options: { 'docker.url': `tcp://127.0.0.1:${web.port}` } };
}

/** A call whose servers are those of the test, where it does not name others itself. */
function near(declaration: FunctionDeclaration, { positional, keyword }: Given, hostile?: string): Given {
  const members = Object.keys(declaration.args.shape);
  const own: readonly (readonly [string, Plain])[] = declaration.name.startsWith('redis.')
    ? [
        ['host', '127.0.0.1'],
        ['port', redis.port],
        ['db', 0],
      ]
    : [
        ['url', `http://127.0.0.1:${web.port}/a`],
        ['source', `http://127.0.0.1:${web.port}/a`],
        ['bcast', '127.0.0.1'],
        ['server', `127.0.0.1:${redis.port}`],
        ['sender', 'ann@example.com'],
        ['use_ssl', 'False'],
        ['wait_for', 1],
      ];
  const isOurs = (name: string): boolean =>
    members.includes(name) && name !== hostile && !declaration.name.startsWith('docker');
  const ours = own.filter(([name]) => isOurs(name));
  const left = positional.map((value, index) => ours.find(([name]) => name === members[index])?.[1] ?? value);
  const rest = ours.filter(
    ([name]) => declaration.variadic !== undefined || members.indexOf(name) >= positional.length,
  );
  return {
    positional: left as readonly Value[],
    keyword: new Map<Value, Value>([...(keyword as Dict), ...(rest as [Value, Value][])]),
  };
}

describe('a function that asks servers', () => {
  it.each(cases)('answers in words when it is given nonsense: %s', async (_name, declaration) => {
    web.answer('{}');
    redis.answer('+OK\r\n');
    const faults: string[] = [];
    for (const { what, given } of hostileCalls(declaration)) {
      const fault = await faultOfCall(declaration, near(declaration, given, what.split(' as ')[0]), place());
      if (fault !== undefined) faults.push(`${what}: ${fault}`);
    }
    // A name that is a path must not lead to something else that the daemon can do.
    const astray = web
      .asked()
      .filter((path) => declaration.name.startsWith('docker') && path.split(/[/?]/).includes('..'));
    expect([faults.join('\n'), astray]).toEqual(['', []]);
  });

  it.each(cases)('answers in words when a server answers nonsense: %s', async (name, declaration) => {
    const isRedis = /^(redis|smtp)\./.test(name);
    const faults: string[] = [];
    for (const answer of isRedis ? strangeReplies : strangeJson) {
      for (const status of isRedis ? [0] : answer.length < 6 ? [200, 404, 500] : [200]) {
        (isRedis ? redis : web).answer(answer, status);
        const fault = await faultOfCall(declaration, near(declaration, exampleOf(declaration)), place());
        if (fault !== undefined) faults.push(`${JSON.stringify(answer)} with ${status}: ${fault}`);
      }
    }
    expect(faults.join('\n')).toBe('');
  });

  it('asks nobody beyond this machine that it was not told to', () => {
    // What the numbers 7 and 2.5 are as addresses.
    expect(connections.far.filter((address) => !['0.0.0.7', '2.0.0.5'].includes(address))).toEqual([]);
  });
});
