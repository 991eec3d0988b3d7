import { describe, expect, it } from 'vitest';
import { faultOfCall, hostileCalls } from '../../test-support/hostile-calls.ts';
import { asksServers } from '../../test-support/hostile-servers.ts';
import { functionTable } from './table.ts';

/** Functions that say what they are told to. */
const outspoken = /^test\.(exception|raise_exception)$/;

const declarations = (await Promise.all(Object.values(functionTable).map((load) => load()))).filter(
  ({ name }) => !outspoken.test(name) && !asksServers.test(name),
);

describe('a function that is given nonsense', () => {
  it.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
    'answers in words: %s',
    async (_name, declaration) => {
      const faults: string[] = [];
      for (const { what, given } of hostileCalls(declaration)) {
        const fault = await faultOfCall(declaration, given);
        if (fault !== undefined) faults.push(`${what}: ${fault}`);
      }
      expect(faults.join('\n')).toBe('');
    },
  );
});
