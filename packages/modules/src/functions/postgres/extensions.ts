import { z } from 'zod';
import { flag, lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { quoteName, quoteText } from '../../providers/databases/postgres.ts';
import { execute, queryRows, serverArguments, type ServerGiven } from './server.ts';

const name = lineText().describe('Name of the extension.');
type Rows = Readonly<Record<string, Readonly<Record<string, string>>>>;

async function available(context: FunctionContext, given: ServerGiven): Promise<Rows> {
  const rows = await queryRows(context, given, 'SELECT * FROM pg_available_extensions()');
  return Object.fromEntries(rows.map((row) => [row['name'] ?? '', row]));
}

async function installed(context: FunctionContext, given: ServerGiven): Promise<Rows> {
  const query =
    'SELECT a.*, b.nspname AS schema_name FROM pg_extension a JOIN pg_namespace b ON a.extnamespace = b.oid';
  const rows = await queryRows(context, given, query);
  return Object.fromEntries(rows.map((row) => [row['extname'] ?? '', row]));
}

export const availableExtensions = defineFunction({
  name: 'postgres.available_extensions',
  summary: 'The extensions a server could have.',
  args: z.object(serverArguments),
  examples: ["'*' postgres.available_extensions"],
  run: (args, context) => available(context, args),
});

export const installedExtensions = defineFunction({
  name: 'postgres.installed_extensions',
  summary: 'The extensions of a database.',
  args: z.object(serverArguments),
  examples: ["'*' postgres.installed_extensions"],
  run: (args, context) => installed(context, args),
});

export const getAvailableExtension = defineFunction({
  name: 'postgres.get_available_extension',
  summary: 'What is known of an extension a server could have; null when there is none.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.get_available_extension plpgsql"],
  run: async (args, context) => (await available(context, args))[args.name] ?? null,
});

export const getInstalledExtension = defineFunction({
  name: 'postgres.get_installed_extension',
  summary: 'What is known of an extension of a database; null when it does not have it.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.get_installed_extension plpgsql"],
  run: async (args, context) => (await installed(context, args))[args.name] ?? null,
});

export const isAvailableExtension = defineFunction({
  name: 'postgres.is_available_extension',
  summary: 'Whether a server could have an extension.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.is_available_extension plpgsql"],
  run: async (args, context) => Object.hasOwn(await available(context, args), args.name),
});

export const isInstalledExtension = defineFunction({
  name: 'postgres.is_installed_extension',
  summary: 'Whether a database has an extension.',
  args: z.object({ name, ...serverArguments }),
  examples: ["'*' postgres.is_installed_extension plpgsql"],
  run: async (args, context) => Object.hasOwn(await installed(context, args), args.name),
});

interface ExtensionWish {
  readonly name: string;
  readonly schema: string | undefined;
  readonly ext_version: string | undefined;
}

/** What there is to do for an extension to be as wished, in Salt's words. */
async function metadata(
  context: FunctionContext,
  given: ServerGiven,
  { name: wanted, schema, ext_version: version }: ExtensionWish,
): Promise<readonly string[]> {
  const found = (await installed(context, given))[wanted];
  if (found === undefined) return ['EXTENSION NOT INSTALLED'];
  const { extversion = '', extrelocatable: movable, schema_name: place } = found;
  const isOld = version !== undefined && compareVersions(extversion, version) < 0;
  return [
    'EXTENSION INSTALLED',
    ...(isOld ? ['EXTENSION TO UPGRADE'] : []),
    ...(schema !== undefined && movable === 't' && place !== schema ? ['EXTENSION TO MOVE'] : []),
  ];
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split(/[.-]/).map((part) => Number.parseInt(part, 10)));
  const at = (left ?? []).findIndex((part, index) => part !== right?.[index]);
  if (at === -1) return (left ?? []).length - (right ?? []).length;
  return (left?.[at] ?? 0) - (right?.[at] ?? 0);
}

export const createMetadata = defineFunction({
  name: 'postgres.create_metadata',
  summary: 'Whether a database has an extension, and whether it is to be upgraded or moved to be as wished.',
  args: z.object({
    name,
    ext_version: optional(lineText()).describe('The version wished.'),
    schema: optional(lineText()).describe('The schema wished.'),
    ...serverArguments,
  }),
  examples: ["'*' postgres.create_metadata adminpack"],
  run: (args, context) => metadata(context, args, args),
});

export const createExtension = defineFunction({
  name: 'postgres.create_extension',
  summary: 'Gives a database an extension, in a schema and version; answers whether it has it so.',
  args: z.object({
    name,
    if_not_exists: withDefault(flag(), false).describe('Do not mind when somebody else makes it meanwhile.'),
    schema: optional(lineText()).describe('Its schema.'),
    ext_version: optional(lineText()).describe('Its version.'),
    from_version: optional(lineText()).describe('Version of its loose parts that it takes over, before PostgreSQL 13.'),
    ...serverArguments,
  }),
  examples: ["'*' postgres.create_extension 'adminpack'"],
  async run(args, context) {
    if (!Object.hasOwn(await available(context, args), args.name)) return false;
    const current = (await installed(context, args))[args.name];
    const extension = quoteName(args.name);
    const { schema, ext_version: wanted, from_version: from } = args;
    const words = [
      `CREATE EXTENSION${args.if_not_exists ? ' IF NOT EXISTS' : ''} ${extension}`,
      ...(schema === undefined ? [] : [`SCHEMA ${quoteName(schema)}`]),
      ...(wanted === undefined ? [] : [`VERSION ${quoteText(wanted)}`]),
      ...(from === undefined ? [] : [`FROM ${quoteText(from)}`]),
    ];
    const statements =
      current === undefined
        ? [words.join(' ')]
        : [
            ...(schema === undefined || schema === current['schema_name']
              ? []
              : [`ALTER EXTENSION ${extension} SET SCHEMA ${quoteName(schema)}`]),
            ...(wanted === undefined || wanted === current['extversion']
              ? []
              : [`ALTER EXTENSION ${extension} UPDATE TO ${quoteText(wanted)}`]),
          ];
    return statements.length === 0 || execute(context, args, statements.join(';\n'));
  },
});

export const dropExtension = defineFunction({
  name: 'postgres.drop_extension',
  summary: 'Takes an extension off a database; answers whether it is gone.',
  args: z.object({
    name,
    if_exists: withDefault(flag(), false).describe('Accepted for Salt; one that is not there is gone.'),
    restrict: withDefault(flag(), false).describe('Refuse when something depends on it.'),
    cascade: withDefault(flag(), true).describe('Take off what depends on it, unless restrict.'),
    ...serverArguments,
  }),
  examples: ["'*' postgres.drop_extension 'adminpack'"],
  async run(args, context) {
    if (!Object.hasOwn(await installed(context, args), args.name)) return true;
    const suffix = args.cascade && !args.restrict ? ' CASCADE' : ' RESTRICT';
    return execute(context, args, `DROP EXTENSION ${quoteName(args.name)}${suffix}`);
  },
});
