import { AppError, parseArguments, type Dict, type Value } from '@brine/common';
import { createFakeHost, type FakeHost } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { bindFunctionArguments, ignoredKeywords } from '../kit/bind-function-arguments.ts';
import { describeArguments } from '../kit/describe-arguments.ts';
import { createExampleHost } from '../../test-support/example-world.ts';
import { createScratchContext } from '../../test-support/scratch-context.ts';
import { runFunction } from './call-function.ts';
import { splitWords } from './split-words.ts';
import { functionTable } from './table.ts';

const names = Object.keys(functionTable);

async function declared(name: string) {
  const declaration = await functionTable[name]?.();
  if (declaration === undefined) throw new Error(`there is no ${name}`);
  return declaration;
}

/** Runs a call on a machine where every program is there; answers what was started, or the code of the refusal. */
async function commandsOf(name: string, positional: readonly Value[], keyword: Dict): Promise<readonly string[][]> {
  const host: FakeHost = createExampleHost();
  const looked: string[][] = [];
  const note = (command: unknown): void => {
    if (!Array.isArray(command)) return;
    const words = command.map(String);
    if (words.some((word) => word.includes('\0'))) throw new AppError({ code: 'host-command', message: 'a NUL' });
    looked.push(words);
  };
  const inspect: FakeHost['inspect'] = async (request) => {
    note(request.command);
    return host.inspect(request);
  };
  const run: FakeHost['run'] = async (request) => {
    note(request.command);
    return host.run(request);
  };
  const context = createScratchContext({ host: { ...host, inspect, run }, grains: { os_family: 'Debian' } });
  await runFunction({ table: { functions: functionTable }, name, positional, keyword, context }).catch(
    (error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    },
  );
  return looked;
}

/** Functions that wait, or ask the world, whatever their arguments. */
const outOfReach =
  /^(test\.(sleep|rand_sleep|fib)|ps\.top|http\.|network\.(connect|wol|fqdns)|dnsutil\.A|redis\.|cmd\.|docker)/;

describe('every execution function', () => {
  it.each(names)('%s refuses an argument it does not have, or leaves it out, as Salt does', async (name) => {
    const declaration = await declared(name);
    const given: Dict = new Map([['no_such_argument', 1]]);
    const bind = () => bindFunctionArguments(declaration, [], given);
    if (declaration.keywords !== undefined) return;
    if (declaration.ignoresOthers === true) {
      expect(ignoredKeywords(declaration, given)).toEqual(['no_such_argument']);
      expect(bind).not.toThrow(/not valid/);
      return;
    }
    expect(bind).toThrow(/The following keyword arguments are not valid: no_such_argument=1/);
  });

  it.each(names)('%s names the arguments that are missing, as Salt does', async (name) => {
    const declaration = await declared(name);
    const required = describeArguments(declaration.args).filter(
      (each) => each.required && each.name !== declaration.variadic,
    );
    const bind = () => bindFunctionArguments(declaration, [], new Map());
    if (required.length === 0 || declaration.keywords === required[0]?.name) return;
    expect(bind).toThrow(/missing \d+ required positional arguments?: '/);
  });

  it('suggests the argument that was meant', async () => {
    const declaration = await declared('user.add');
    expect(() => bindFunctionArguments(declaration, ['ann'], new Map([['hom', '/x']]))).toThrow("did you mean 'home'?");
  });

  it.each(names.filter((name) => !outOfReach.test(name)))(
    '%s answers a NUL in its words without a crash',
    async (name) => {
      const declaration = await declared(name);
      for (const example of declaration.examples) {
        const { positional, keyword } = parseArguments(splitWords(example).slice(2));
        const poisoned = positional.map((value) => (typeof value === 'string' ? `${value}\0x` : value));
        // Programs refuse what no command line can carry; `commandsOf` throws for all that is no refusal.
        await expect(commandsOf(name, poisoned, keyword)).resolves.toBeDefined();
      }
    },
  );

  it.each(names.filter((name) => !outOfReach.test(name)))('%s does not hand a name on as an option', async (name) => {
    const declaration = await declared(name);
    const [example = ''] = declaration.examples;
    const { positional, keyword } = parseArguments(splitWords(example).slice(2));
    if (positional.length === 0 || takeOptions.has(name)) return;
    const commands = await commandsOf(
      name,
      positional.map((value) => (typeof value === 'string' ? '--brine-probe' : value)),
      keyword,
    );
    const handed = commands.filter((words) => {
      const at = words.indexOf('--brine-probe');
      const end = words.indexOf('--');
      return at > 0 && (end === -1 || end > at) && !takesAsValue(words, at);
    });
    expect(handed).toEqual([]);
  });
});

/** Functions whose first argument is options, as `tar` takes them. */
const takeOptions = new Set(['archive.tar']);

/** Whether the word before is an option that takes the next one as its value. */
function takesAsValue(words: readonly string[], at: number): boolean {
  return /^-{1,2}[A-Za-z]/.test(words[at - 1] ?? '');
}

describe('a machine without programs', () => {
  it('is told in words, not by a crash', async () => {
    const context = createScratchContext({ host: createFakeHost() });
    const call = { table: { functions: functionTable }, name: 'gem.list', context };
    await expect(runFunction(call)).rejects.toThrow('gem was not found on this minion.');
  });
});
