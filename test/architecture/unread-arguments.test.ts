import { dirname, join, normalize } from 'node:path';
import { functionTable, stateTable } from '@brine/modules';
import { describe, expect, it } from 'vitest';
import { importsOf, readSourceFiles } from './source-files.ts';

/** Arguments that no word of the code names, with how they are read all the same. */
const readOtherwise: readonly (readonly [RegExp, string])[] = [
  [
    /^(S docker_container\.(run|running)|F docker\.(create|run_container)) /,
    'names for the same setting are brought together by a table of them',
  ],
  [/^(S rabbitmq_upstream\.present|F rabbitmq\.set_upstream) /, 'settings are handed over as they are'],
  [/^S network\.managed (ipv6|enable_ipv)/, 'names are put together out of a family and a setting'],
  [/^F network\.mod_bufsize rx-/, 'settings are handed over as they are'],
  [/^F test\.tty /, 'the function says that it has moved'],
  [/^S salt\.wait_for_event node$/, 'there is one value alone'],
];

/** How a description says that an argument has no effect, and why that is right. */
const saysSo =
  /^Accepted|accepted for Salt|Not supported|on (Windows|AIX) only|nothing on Linux|without effect|read the same way whatever|always forced|^The same as/;

const sources = new Map(
  readSourceFiles()
    .filter(({ path, isTest }) => path.startsWith('packages/modules/src/') && !isTest)
    .map(({ path, text }) => [path, text]),
);
const prepared = new Map(Array.from(sources, ([path, text]) => [path, withoutDeclarations(text)]));

/** A text without comments, descriptions and members of interfaces. */
function withoutDeclarations(text: string): string {
  return text
    .replaceAll(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    .replaceAll(/\.describe\(\s*(`[^`]*`|'(?:[^'\\]|\\.)*'|"[^"]*")\s*,?\s*\)/g, '')
    .replaceAll(/^\s*readonly '?[\w-]+'?\??:.*$/gm, '');
}

/** The files that declare a state or function, and all that they import. */
function filesOf(name: string, folder: string): readonly string[] {
  const among = [...sources.keys()].filter((path) => path.includes(folder) && !/(table|refused)\.ts$/.test(path));
  const exact = among.filter((path) => sources.get(path)?.includes(`name: '${name}'`));
  const reached = new Set(exact.length > 0 ? exact : among.filter((path) => sources.get(path)?.includes(`'${name}'`)));
  for (const path of reached) {
    for (const imported of importsOf(sources.get(path) ?? '')) {
      const target = normalize(join(dirname(path), imported));
      if (imported.startsWith('.') && sources.has(target) && !/\/kit\/|table\.ts$/.test(target)) reached.add(target);
    }
  }
  return [...reached];
}

const schemaCall =
  /: .*(optional|withDefault|text|Text|flag|integer|either|argument|dict|secret|operand|Value|oneOf|accountName|number|safeName|valueOr|List)\w*\(/;

function isRead(argument: string, text: string): boolean {
  const name = argument.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const declares = new RegExp(`^\\s*'?${name}'?: `);
  const uses = new RegExp(
    `\\.${name}\\b|'${name}'|^\\s+${name},$|^\\s+${name}: [a-zA-Z]+,$|(?<![\\w.'-])${name}(?=[ )\\]},;?!=]|:\\s)`,
  );
  return text
    .split('\n')
    .some(
      (line) => uses.test(line) && !(declares.test(line) && (schemaCall.test(line) || line.includes(': undefined'))),
    );
}

const tables = [
  ['S', stateTable, '/states/'],
  ['F', functionTable, '/functions/'],
] as const;
interface Declared {
  readonly name: string;
  readonly args: { readonly shape: Readonly<Record<string, { readonly description?: string }>> };
}

const declared = await Promise.all(
  tables.flatMap(([kind, table, folder]) =>
    Object.values(table as Readonly<Record<string, () => Promise<Declared>>>).map(async (load) => {
      const { name, args } = await load();
      return { kind, folder, name, args };
    }),
  ),
);

describe('the arguments of states and functions', () => {
  const unread = declared.flatMap(({ kind, folder, name, args }) => {
    const texts = filesOf(name, folder).map((path) => prepared.get(path) ?? '');
    // Of a function that is declared by a table of its own nothing can be told.
    if (texts.length === 0) return [];
    return Object.entries(args.shape)
      .filter(
        ([argument, { description = '' }]) =>
          !saysSo.test(description) && !texts.some((text) => isRead(argument, text)),
      )
      .map(([argument]) => `${kind} ${name} ${argument}`);
  });

  it('are read by what implements them, or say that they have no effect', () => {
    expect(unread.filter((place) => !readOtherwise.some(([pattern]) => pattern.test(place)))).toEqual([]);
  });

  it('are no more excused than there are', () => {
    expect(readOtherwise.filter(([pattern]) => !unread.some((place) => pattern.test(place)))).toEqual([]);
  });
});
