import { accountRefusal } from './account-refusal.ts';
import type { AccountTables, Row } from './account-tables.ts';
import { readProgramWords, type OptionTable } from './program-words.ts';

const millisecondsPerDay = 86_400_000;

/** Days since the Unix epoch, as `/etc/shadow` counts them. */
export function today(): string {
  return String(Math.floor(Date.now() / millisecondsPerDay));
}

const agingOptions: OptionTable = {
  '-d': ['2', 'value'],
  '-m': ['3', 'value'],
  '-M': ['4', 'value'],
  '-W': ['5', 'value'],
  '-I': ['6', 'value'],
  '-E': ['7', 'value'],
};

/** What `chage` does. */
export function changeAging(tables: AccountTables, words: readonly string[]): void {
  const { options, operands } = readProgramWords(words, agingOptions);
  const row = shadowOf(tables, operands[0] ?? '');
  for (const [field, value] of options) tables.set(row, Number(field), readDays(value, ['2', '7'].includes(field)));
}

function readDays(value: string, mayBeDate: boolean): string {
  if (value === '-1') return '';
  if (/^\d{1,6}$/.test(value)) return value;
  const date = mayBeDate && /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(date)) throw accountRefusal(2, `invalid number or date '${value}'`);
  return String(date / millisecondsPerDay);
}

function shadowOf(tables: AccountTables, name: string): Row {
  const user = tables.row('passwd', name);
  const row = tables.row('shadow', name);
  if (user === undefined || row === undefined) throw accountRefusal(1, `user '${name}' does not exist`);
  return row;
}

/** What `passwd` does of `-d`, `-l` and `-u`. */
export function changePassword(tables: AccountTables, words: readonly string[]): void {
  const options: OptionTable = { '-d': ['delete', 'flag'], '-l': ['lock', 'flag'], '-u': ['unlock', 'flag'] };
  const sorted = readProgramWords(words, options);
  const row = shadowOf(tables, sorted.operands[0] ?? '');
  if (sorted.options.has('delete')) row[1] = '';
  if (sorted.options.has('lock')) lock(row);
  if (sorted.options.has('unlock')) unlock(row);
}

/** What `chpasswd -e` does with what it reads. */
export function setPasswords(tables: AccountTables, input: string): void {
  for (const line of input.split('\n').filter((each) => each !== '')) {
    const at = line.indexOf(':');
    if (at < 0) throw accountRefusal(1, 'a line of the input has no colon');
    const row = shadowOf(tables, line.slice(0, at));
    tables.set(row, 1, line.slice(at + 1));
    row[2] = today();
  }
}

/** Locks the password of a line. */
export function lock(row: Row): void {
  if (row[1]?.startsWith('!') !== true) row[1] = `!${row[1] ?? ''}`;
}

/** Unlocks it. Refuses where that would let everybody in. */
export function unlock(row: Row): void {
  const hash = row[1] ?? '';
  if (hash === '!' || hash === '!!')
    throw accountRefusal(3, 'unlocking the password would result in a passwordless account');
  if (hash.startsWith('!')) row[1] = hash.slice(1);
}
