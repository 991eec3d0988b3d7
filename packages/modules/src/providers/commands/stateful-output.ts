import {
  isAppError,
  isDict,
  loadJson,
  pythonStr,
  type Applied,
  type Dict,
  type Plain,
  type Value,
} from '@brine/common';
import type { CommandAnswer } from '../../functions/cmd/run-command.ts';
import { splitWords } from '../../functions/split-words.ts';

const notParsed = 'Failed parsing script output! Stdout must be JSON or a line of name=value pairs.';

interface Report {
  readonly members: Dict;
  /** What was printed before the report. */
  readonly before: string;
}

/** Reads a stateful command's own report, JSON or `name=value` pairs on its last line, and answers what it says. */
export function reinterpret(answer: CommandAnswer, failed: boolean): Applied {
  if (answer.stdout === '') return { comment: answer.stderr, changes: {}, failed };
  const report = readReport(answer.stdout);
  if (typeof report === 'string')
    return { comment: report, changes: report === notParsed ? { ...answer } : {}, failed: true };
  const changed = readTruth(report.members.get('changed') ?? 'no');
  if (changed === undefined)
    return {
      comment: `Failed parsing boolean value: ${pythonStr(report.members.get('changed') ?? null)}`,
      changes: { ...answer },
      failed: true,
    };
  const comment = pythonStr(report.members.get('comment') ?? '');
  return { comment, changes: changed ? toChanges(report, answer) : {}, failed };
}

function readReport(stdout: string): Report | string {
  const json = tryJson(stdout);
  if (json !== undefined)
    return isDict(json) ? { members: json, before: '' } : 'script JSON output must be a JSON object (e.g., {})!';
  const lines = stdout.trimEnd().split('\n');
  const words = tryWords(lines.at(-1) ?? '')?.map((word) => word.split('='));
  if (words === undefined || words.some((parts) => parts.length !== 2)) return notParsed;
  const members = new Map<Value, Value>(words.map(([key = '', value = '']) => [key, value]));
  return { members, before: lines.slice(0, -1).join('\n') };
}

// A quote that is not closed.
function tryWords(line: string): readonly string[] | undefined {
  try {
    return splitWords(line);
  } catch (caught) {
    if (isAppError(caught)) return undefined;
    throw caught;
  }
}

function tryJson(text: string): Value | undefined {
  try {
    return loadJson(text);
  } catch (caught) {
    if (isAppError(caught)) return undefined;
    throw caught;
  }
}

function readTruth(value: Value): boolean | undefined {
  const word = pythonStr(value).toLowerCase();
  if (['true', 'yes', '1'].includes(word)) return true;
  return ['false', 'no', '0'].includes(word) ? false : undefined;
}

function toChanges({ members, before }: Report, answer: CommandAnswer): Readonly<Record<string, Plain>> {
  const own = Array.from(members, ([key, value]): [string, Plain] => [pythonStr(key), value]);
  return { ...answer, ...Object.fromEntries(own.filter(([key]) => key !== 'comment')), stdout: before };
}
