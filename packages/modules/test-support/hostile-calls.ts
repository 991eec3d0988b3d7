import { isAppError, parseArguments, type Dict, type Plain, type Value } from '@brine/common';
import { runFunction } from '../src/functions/call-function.ts';
import { splitWords } from '../src/functions/split-words.ts';
import { functionTable } from '../src/functions/table.ts';
import type { FunctionContext } from '../src/kit/context.ts';
import type { FunctionDeclaration } from '../src/kit/define-function.ts';
import { createExampleHost } from './example-world.ts';
import { endsWithin, hostileValuesFor, isCancellation, machineWordsIn } from './hostile-values.ts';
import { createScratchContext } from './scratch-context.ts';

/** What a function is given. */
export interface Given {
  readonly positional: readonly Value[];
  readonly keyword: Dict;
}

/** Where the calls are made. */
export interface CallPlace {
  readonly options?: Plain;
  readonly machine?: FunctionContext['machine'];
}

/** What is wrong with how a function answers: only answers, and refusals in words, are right. */
export async function faultOfCall(
  { name }: FunctionDeclaration,
  given: Given,
  { options, machine }: CallPlace = {},
): Promise<string | undefined> {
  const grains = { os_family: 'Debian', os: 'Debian', osarch: 'amd64', kernel: 'Linux' };
  const signal = AbortSignal.timeout(300);
  const context = createScratchContext({
    host: createExampleHost(),
    grains,
    ...(options === undefined ? {} : { options }),
    context: { signal, ...(machine === undefined ? {} : { machine }) },
  });
  const call = { table: { functions: functionTable }, name, ...given, context, isDirect: true };
  try {
    const { value } = await endsWithin(20_000, runFunction(call));
    return machineWordsIn(value);
  } catch (error) {
    return faultOfError(error, signal);
  }
}

/** What is wrong with what was thrown. */
export function faultOfError(error: unknown, signal: AbortSignal): string | undefined {
  // What waits is cancelled, and has to come to an end then.
  if (isCancellation(error, signal)) return undefined;
  if (!isAppError(error)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  return error.message.trim() === '' ? 'it is refused without a word' : machineWordsIn(error.message);
}

/** The first example of a function. */
export function exampleOf(declaration: FunctionDeclaration): Given {
  return parseArguments(splitWords(declaration.examples[0] ?? '').slice(2));
}

/** The calls of an example with one argument after the other given hostile values. */
export function* hostileCalls(
  declaration: FunctionDeclaration,
): Generator<{ readonly what: string; readonly given: Given }> {
  const { positional, keyword } = exampleOf(declaration);
  const isNamed = declaration.variadic === undefined;
  const members = Object.keys(declaration.args.shape).filter((name) => name !== declaration.keywords);
  for (const [index, argument] of members.entries()) {
    for (const [kind, value] of hostileValuesFor(`${declaration.name} ${argument}`)) {
      const byName = {
        positional: [],
        keyword: new Map([...named(members, { positional, keyword }), [argument, value]]),
      };
      const byPosition =
        index < positional.length ? { positional: positional.with(index, value), keyword } : { positional, keyword };
      yield { what: `${argument} as ${kind}`, given: isNamed ? byName : byPosition };
    }
  }
}

/** The arguments of an example by name, as far as they have one. */
function named(members: readonly string[], { positional, keyword }: Given): Dict {
  return new Map<Value, Value>([
    ...positional.map((value, index): [Value, Value] => [members[index] ?? '', value]),
    ...keyword,
  ]);
}
