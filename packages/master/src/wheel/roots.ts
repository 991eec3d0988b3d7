import type { Plain } from '@brine/common';
import { integer, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineWheel, type WheelContext, type WheelDeclaration } from './define-wheel.ts';
import { findInRoots, listRoot, readFromRoots } from './roots-store.ts';

const saltenv = withDefault(text(), 'base').describe('The environment.');
const path = text().describe('The path in the environment.');

type Roots = Readonly<Record<string, readonly string[]>>;
type RootsKey = 'file_roots' | 'pillar_roots';

async function listEnvironment(roots: readonly string[]): Promise<Plain> {
  return new Map(await Promise.all(roots.map(async (root) => [root, await listRoot(root)] as const)));
}

function rootsFunctions(module: RootsKey, what: string): readonly WheelDeclaration[] {
  return [...lookingFunctions(module, what), readFunction(module, what), writeFunction(module, what)];
}

function lookingFunctions(module: RootsKey, what: string): readonly WheelDeclaration[] {
  return [
    defineWheel({
      name: `${module}.find`,
      summary: `Where a file of ${what} lies, and whether it is text (\`txt\`) or not (\`bin\`).`,
      args: z.object({ path, saltenv }),
      example: `{"fun": "${module}.find", "path": "top.sls"}`,
      run: async (args, context) => findInRoots(rootsOf(module, context, args.saltenv), args.path),
    }),
    defineWheel({
      name: `${module}.list_env`,
      summary: `The tree of ${what} in an environment, by its folders.`,
      args: z.object({ saltenv }),
      example: `{"fun": "${module}.list_env"}`,
      run: async (args, context) => listEnvironment(rootsOf(module, context, args.saltenv)),
    }),
    defineWheel({
      name: `${module}.list_roots`,
      summary: `The trees of ${what} in all environments.`,
      args: z.object({}),
      example: `{"fun": "${module}.list_roots"}`,
      async run(_args, { options }) {
        const entries = Object.entries(toRoots(options.get(module)));
        return new Map(
          await Promise.all(entries.map(async ([name, roots]) => [name, [await listEnvironment(roots)]] as const)),
        );
      },
    }),
  ];
}

function readFunction(module: RootsKey, what: string): WheelDeclaration {
  return defineWheel({
    name: `${module}.read`,
    summary: `The text of a file of ${what}, in each folder that has it.`,
    args: z.object({ path, saltenv }),
    example: `{"fun": "${module}.read", "path": "top.sls"}`,
    run: async (args, context) => readFromRoots(rootsOf(module, context, args.saltenv), args.path),
  });
}

function writeFunction(module: RootsKey, what: string): WheelDeclaration {
  return defineWheel({
    name: `${module}.write`,
    summary: `Writes a file of ${what}.`,
    args: z.object({
      data: text().describe('The whole text of the file.'),
      path,
      saltenv,
      index: withDefault(integer(), 0).describe('Which folder of the environment, counted from 0.'),
    }),
    example: `{"fun": "${module}.write", "path": "web.sls", "data": "…"}`,
    async run({ data, path: relative, saltenv: name, index }, { options, writers }) {
      const roots = toRoots(options.get(module))[name];
      if (roots === undefined) return `Named environment ${name} is not present`;
      const root = roots[index];
      if (root === undefined) return `Specified index ${index} in environment ${name} is not present`;
      if (relative.startsWith('/')) return `The path passed in ${relative} is not relative to the environment ${name}`;
      const written = await writers.writeRoots(root, relative, data);
      return written === undefined ? `Invalid path: ${relative}` : `Wrote data to file ${written}`;
    },
  });
}

function rootsOf(module: RootsKey, { options }: WheelContext, name: string): readonly string[] {
  return toRoots(options.get(module))[name] ?? [];
}

function toRoots(value: unknown): Roots {
  if (!(value instanceof Map)) return {};
  return Object.fromEntries(
    [...(value as ReadonlyMap<unknown, unknown>)].map(([name, folders]) => [
      String(name),
      Array.isArray(folders) ? folders.map(String) : [],
    ]),
  );
}

/** `file_roots.*` */
export const fileRootsFunctions = rootsFunctions('file_roots', 'the states and files');

/** `pillar_roots.*` */
export const pillarRootsFunctions = rootsFunctions('pillar_roots', 'the pillar');
