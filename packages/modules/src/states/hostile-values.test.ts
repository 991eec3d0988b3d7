import type { Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { chunkOf } from '../../test-support/example-chunk.ts';
import { faultOfState } from '../../test-support/hostile-states.ts';
import { hostileValuesFor } from '../../test-support/hostile-values.ts';
import { stateTable } from './table.ts';

const declarations = await Promise.all(Object.values(stateTable).map((load) => load()));

describe('a state that is given nonsense', () => {
  it.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
    'answers in words: %s',
    async (_name, declaration) => {
      const example = chunkOf(declaration);
      const faults: string[] = [];
      for (const argument of Object.keys(declaration.args.shape)) {
        for (const [kind, value] of hostileValuesFor(`${declaration.name} ${argument}`)) {
          const fault = await faultOfState(declaration, new Map<Value, Value>([...example, [argument, value]]));
          if (fault !== undefined) faults.push(`${argument} as ${kind}: ${fault}`);
        }
      }
      expect(faults.join('\n')).toBe('');
    },
  );
});
