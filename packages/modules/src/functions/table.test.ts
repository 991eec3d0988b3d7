import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArguments } from '@brine/common';
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
      const { positional, keyword } = parseArguments(splitWords(example).slice(2));
      expect(() => declaration && bindFunctionArguments(declaration, positional, keyword)).not.toThrow();
    }
    for (const member of Object.values(declaration?.args.shape ?? {})) {
      expect((member as { description?: string }).description).toBeTruthy();
    }
  });
});
