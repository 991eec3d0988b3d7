import { AppError, isDict, pythonStr, type Value } from '@brine/common';
import { quoteMysqlText } from './mysql.ts';

const plain = new Set(['SSL', 'X509']);
const withText = new Set(['SUBJECT', 'ISSUER', 'CIPHER']);

/**
 * The clause of `ALTER USER` for `ssl_option`, a list of dicts with one member each (`SSL: true`, `SUBJECT: text`);
 * undefined when nothing is demanded. Throws `state-failed` for other forms.
 */
export function requireClause(options: readonly Value[]): string | undefined {
  const demands = options.flatMap((option) => {
    const [pair, ...more] = isDict(option) ? [...option] : [[option, true] as const];
    if (pair === undefined || more.length > 0) throw wrong(option);
    const [key, value] = [pythonStr(pair[0]).trim().toUpperCase(), pair[1]];
    if (withText.has(key)) return [`${key} ${quoteMysqlText(pythonStr(value))}`];
    if (!plain.has(key)) throw wrong(pair[0]);
    return value === true || value === 1 ? [key] : [];
  });
  return demands.length === 0 ? undefined : `REQUIRE ${demands.join(' AND ')}`;
}

function wrong(option: Value): AppError {
  return new AppError({ code: 'state-failed', message: `Invalid SSL option : '${pythonStr(option)}'` });
}
