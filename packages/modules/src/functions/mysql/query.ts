import { performance } from 'node:perf_hooks';
import { toFloat, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { quoteMysqlName, type MysqlServer } from '../../providers/databases/mysql.ts';
import { readText } from '../text-file.ts';
import { askAll, connection } from './server.ts';

const database = lineText().describe('The database.');

export const query = defineFunction({
  name: 'mysql.query',
  ignoresOthers: true,
  summary:
    'Runs a statement and answers its rows as texts, or how many rows it changed; false when the server refuses.',
  args: z.object({ database, query: text().describe('The statement.'), ...connection }),
  examples: [
    `'*' mysql.query mydb "UPDATE mytable set myfield=1 limit 1"`,
    `'*' mysql.query mydb "SELECT id from cars"`,
  ],
  async run(args, context) {
    const outcome = await runStatement(context, args, args.database, args.query);
    return outcome === undefined ? false : describe(outcome);
  },
});

interface Outcome {
  readonly seconds: number;
  readonly columns?: readonly string[];
  readonly results?: Plain[];
  readonly affected?: number;
}

async function runStatement(
  context: FunctionContext,
  server: MysqlServer,
  name: string,
  statement: string,
): Promise<Outcome | undefined> {
  const start = performance.now();
  const bare = statement.trim().replace(/;+$/, '');
  const isQuestion = /^(SELECT|SHOW|DESC)/i.test(bare);
  const use = name === '' ? '' : `USE ${quoteMysqlName(name)};\n`;
  const tables = await askAll(context, server, `${use}${bare}${isQuestion ? '' : ';\nSELECT ROW_COUNT() AS affected'}`);
  if (tables === undefined) return undefined;
  const seconds = (performance.now() - start) / 1000;
  const rows = tables.at(-1) ?? [];
  if (!isQuestion) return { seconds, affected: Number(rows[0]?.['affected'] ?? 0) };
  return { seconds, columns: Object.keys(rows[0] ?? {}), results: rows.map((row) => Object.values(row)) };
}

function describe({ seconds, columns, results, affected }: Outcome): Plain {
  const human = seconds < 0.2 ? `${oneDecimal(seconds * 1000)}ms` : `${String(Math.round(seconds * 100) / 100)}s`;
  const time = { 'query time': { human, raw: String(Math.round(seconds * 1e5) / 1e5) } };
  if (results === undefined) return { ...time, 'rows affected': affected ?? 0 };
  return { ...time, 'rows returned': results.length, columns: [...(columns ?? [])], results };
}

function oneDecimal(value: number): string {
  return (Math.round(value * 10) / 10).toFixed(1);
}

export const fileQuery = defineFunction({
  name: 'mysql.file_query',
  ignoresOthers: true,
  summary: 'Runs the statements of a file, which may be on the file server; false when one is refused.',
  args: z.object({ database, file_name: text().describe('Path or address of the file.'), ...connection }),
  examples: ["'*' mysql.file_query mydb file_name=/tmp/sqlfile.sql", "'*' mysql.file_query mydb salt://sqlfile.sql"],
  async run(args, context) {
    const isRemote = /^(salt|https?|ftp):\/\//.test(args.file_name);
    const path = isRemote ? await context.call('cp.cache_file', [args.file_name]) : args.file_name;
    const content = typeof path === 'string' && path !== '' ? await readText(context.host, path) : undefined;
    if (content === undefined) {
      context.log.error('the file of statements does not exist', { file: args.file_name });
      return false;
    }
    const outcomes: Outcome[] = [];
    for (const statement of splitStatements(content)) {
      const outcome = await runStatement(context, args, args.database, statement);
      if (outcome === undefined) return false;
      outcomes.push(outcome);
    }
    return summarize(outcomes);
  },
});

function summarize(outcomes: readonly Outcome[]): Plain {
  const seconds = outcomes.reduce((sum, outcome) => sum + outcome.seconds, 0);
  const questions = outcomes.filter((outcome) => outcome.results !== undefined);
  const returned = questions.reduce((sum, outcome) => sum + (outcome.results?.length ?? 0), 0);
  const affected = outcomes.reduce((sum, outcome) => sum + (outcome.affected ?? 0), 0);
  return {
    'query time': { human: `${Math.round(seconds * 100) / 100}s`, raw: toFloat(Math.round(seconds * 1e5) / 1e5) },
    ...(returned === 0 ? {} : { 'rows returned': returned }),
    ...(questions.length === 0
      ? {}
      : {
          columns: questions.map(({ columns }) => [...(columns ?? [])]),
          results: questions.map(({ results }) => results ?? []),
        }),
    ...(affected === 0 ? {} : { 'rows affected': affected }),
  };
}

// Semicolons end statements, but not within quotes or comments.
function splitStatements(content: string): readonly string[] {
  const token =
    /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|--[ \t][^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|;|[^'"`#;/-]+|[\s\S]/g;
  const statements = [''];
  for (const [part] of content.matchAll(token)) {
    if (part === ';') statements.push('');
    else if (!/^(-- |--\t|#|\/\*(?!!))/.test(part)) statements.push((statements.pop() ?? '') + part);
  }
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '');
}

export const quoteIdentifier = defineFunction({
  name: 'mysql.quote_identifier',
  summary: 'A name in backquotes, as statements take it.',
  args: z.object({
    identifier: text().describe('The name.'),
    for_grants: withDefault(flag(), false).describe('Whether it is for GRANT, where % and _ stand for others.'),
  }),
  examples: ["'*' mysql.quote_identifier 'foo`bar'"],
  run({ identifier, for_grants: forGrants }) {
    const quoted = identifier.replaceAll('`', '``');
    return `\`${(forGrants ? quoted.replaceAll('_', '\\_') : quoted).replaceAll('%', '%%')}\``;
  },
});
