import { isAppError, parseArguments, type Dict, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createExampleHost } from '../../test-support/example-world.ts';
import { endsWithin, hostileValuesFor, isCancellation, machineWordsIn } from '../../test-support/hostile-values.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import type { FunctionDeclaration } from '../kit/define-function.ts';
import { runFunction } from './call-function.ts';
import { splitWords } from './split-words.ts';
import { functionTable } from './table.ts';

/** Functions that ask the world, or say what they are told to, whatever their arguments. */
const outOfReach =
  /^(http\.|network\.(connect|wol|fqdns)|dnsutil\.A|redis\.|docker|test\.(exception|raise_exception)$)/;

const declarations = (await Promise.all(Object.values(functionTable).map((load) => load()))).filter(
  ({ name }) => !outOfReach.test(name),
);

interface Given {
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/** What is wrong with how a function answers: only answers, and refusals in words, are right. */
async function faultOf({ name }: FunctionDeclaration, given: Given): Promise<string | undefined> {
  const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64', kernel: 'Linux' };
  const signal = AbortSignal.timeout(300);
  const context = createScratchContext({ host: createExampleHost(), grains, context: { signal } });
  const call = { table: { functions: functionTable }, name, ...given, context, isDirect: true };
  try {
    const { value } = await endsWithin(20_000, runFunction(call));
    return machineWordsIn(value);
  } catch (error) {
    // What waits is cancelled, and has to come to an end then.
    if (isCancellation(error, signal)) return undefined;
    if (!isAppError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    return error.message.trim() === '' ? 'it is refused without a word' : machineWordsIn(error.message);
  }
}

/** The arguments of an example by name, as far as they have one. */
function named(declaration: FunctionDeclaration, { positional, keyword }: Given): Dict {
  const members = Object.keys(declaration.args.shape).filter((name) => name !== declaration.keywords);
  return new Map<Value, Value>([
    ...positional.map((value, index): [Value, Value] => [members[index] ?? '', value]),
    ...keyword,
  ]);
}

describe('a function that is given nonsense', () => {
  it.each(declarations.map((declaration) => [declaration.name, declaration] as const))(
    'answers in words: %s',
    async (_name, declaration) => {
      const { positional, keyword } = parseArguments(splitWords(declaration.examples[0] ?? '').slice(2));
      const isNamed = declaration.variadic === undefined;
      const faults: string[] = [];
      const members = Object.keys(declaration.args.shape).filter((name) => name !== declaration.keywords);
      for (const [index, argument] of members.entries()) {
        for (const [kind, value] of hostileValuesFor(`${declaration.name} ${argument}`)) {
          const byName = {
            positional: [],
            keyword: new Map([...named(declaration, { positional, keyword }), [argument, value]]),
          };
          const byPosition =
            index < positional.length
              ? { positional: positional.with(index, value), keyword }
              : { positional, keyword };
          const fault = await faultOf(declaration, isNamed ? byName : byPosition);
          if (fault !== undefined) faults.push(`${argument} as ${kind}: ${fault}`);
        }
      }
      expect(faults.join('\n')).toBe('');
    },
  );
});
