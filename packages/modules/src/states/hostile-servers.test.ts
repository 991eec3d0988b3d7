import type { Value } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunkOf } from '../../test-support/example-chunk.ts';
import { startWebStandIn, strangeJson, type StandIn } from '../../test-support/hostile-servers.ts';
import { faultOfState } from '../../test-support/hostile-states.ts';
import { hostileValuesFor } from '../../test-support/hostile-values.ts';
import type { StateDeclaration } from '../kit/index.ts';
import { stateTable } from './table.ts';

let web: StandIn;
beforeAll(async () => {
  web = await startWebStandIn();
});
afterAll(() => web.close());

const declarations = (await Promise.all(Object.values(stateTable).map((load) => load()))).filter(({ name }) =>
  name.startsWith('docker_'),
);
const cases = declarations.map((declaration) => [declaration.name, declaration] as const);

function run(
  declaration: StateDeclaration,
  ...given: readonly (readonly [string, Value])[]
): Promise<string | undefined> {
  const options = { 'docker.url': `tcp://127.0.0.1:${web.port}` };
  return faultOfState(declaration, new Map<Value, Value>([...chunkOf(declaration), ...given]), { options });
}

describe('a state that asks a Docker daemon', () => {
  it.each(cases)('answers in words when it is given nonsense: %s', async (name, declaration) => {
    web.answer('{}');
    const faults: string[] = [];
    for (const argument of Object.keys(declaration.args.shape)) {
      for (const [kind, value] of hostileValuesFor(`${name} ${argument} of a daemon`)) {
        const fault = await run(declaration, [argument, value]);
        if (fault !== undefined) faults.push(`${argument} as ${kind}: ${fault}`);
      }
    }
    expect([faults.join('\n'), web.asked().filter((path) => path.split(/[/?]/).includes('..'))]).toEqual(['', []]);
  });

  it.each(cases)('answers in words when the daemon answers nonsense: %s', async (_name, declaration) => {
    const faults: string[] = [];
    for (const answer of strangeJson) {
      for (const status of [200, 404, 500]) {
        web.answer(answer, status);
        const fault = await run(declaration);
        if (fault !== undefined) faults.push(`${JSON.stringify(answer)} with ${status}: ${fault}`);
      }
    }
    expect(faults.join('\n')).toBe('');
  });
});
