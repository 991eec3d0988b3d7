import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toValue, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { bindFunctionArguments } from '../kit/bind-function-arguments.ts';
import type { FunctionDeclaration } from '../kit/define-function.ts';
import { splitWords } from './split-words.ts';
import { functionTable } from './table.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

function isDeclaration(exported: unknown): exported is FunctionDeclaration {
  return typeof exported === 'object' && exported !== null && 'run' in exported && 'examples' in exported;
}

async function declaredFunctions(): Promise<readonly FunctionDeclaration[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.includes('/') && file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const loaded = await Promise.all(files.map((file) => import(`./${file}`) as Promise<Record<string, unknown>>));
  return loaded.flatMap((file) => Object.values(file)).filter(isDeclaration);
}

/** What follows the target in an example of a command line. */
function argumentsOf(example: string): { positional: Value[]; keyword: Map<Value, Value> } {
  const positional: Value[] = [];
  const keyword = new Map<Value, Value>();
  for (const word of splitWords(example).slice(2)) {
    const named = /^([A-Za-z_]\w*)=(?!=)(.*)$/s.exec(word);
    if (named === null) positional.push(readArgument(word));
    else keyword.set(named[1] ?? '', readArgument(named[2] ?? ''));
  }
  return { positional, keyword };
}

function readArgument(word: string): Value {
  if (/^-?\d+$/.test(word)) return Number(word);
  if (/^(True|False)$/i.test(word)) return word.toLowerCase() === 'true';
  if (word.startsWith('['))
    return word
      .slice(1, -1)
      .split(',')
      .map((item) => item.trim());
  if (!word.startsWith('{')) return word;
  return toValue(Object.fromEntries([...word.matchAll(/(\w[\w-]*)"?: /g)].map((match) => [match[1] ?? '', 'x'])));
}

describe('the table of functions', () => {
  it('holds exactly the functions the folders declare', async () => {
    const declared = (await declaredFunctions()).map((declaration) => declaration.name);
    expect(Object.keys(functionTable).toSorted()).toEqual(declared.toSorted());
  });

  it.each(Object.keys(functionTable))('finds %s under its name, with examples that call it', async (name) => {
    const declaration = await functionTable[name]?.();
    expect(declaration?.name).toBe(name);
    expect(declaration?.summary).toMatch(/^[A-Z].*\.$/s);
    expect(declaration?.examples.length).toBeGreaterThan(0);
    for (const example of declaration?.examples ?? []) {
      expect(splitWords(example)[1]).toBe(name);
      const { positional, keyword } = argumentsOf(example);
      expect(() => declaration && bindFunctionArguments(declaration, positional, keyword)).not.toThrow();
    }
    for (const member of Object.values(declaration?.args.shape ?? {})) {
      expect((member as { description?: string }).description).toBeTruthy();
    }
  });
});
