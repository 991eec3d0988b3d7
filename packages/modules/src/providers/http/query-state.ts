import { isDict, pythonStr, type Applied, type Dict, type Value } from '@brine/common';
import { anyValue, number, oneOf, optional, text, withDefault, type StateContext } from '../../kit/index.ts';
import { delay } from '../services/service-state.ts';
import { compileFlaggedRegex } from '../text/python-regex.ts';

const kinds = oneOf('string', 'pcre', 'list');

/** The arguments of the `http` states; others go to `http.query`. */
export const queryArguments = {
  name: text().describe('The address.'),
  match: optional(text()).describe('What the answer has to have.'),
  match_type: withDefault(kinds, 'string').describe('Whether match is a string or a pcre.'),
  status: optional(anyValue()).describe('The status it has to have.'),
  status_type: withDefault(kinds, 'string').describe('Whether status is a string, a pcre or a list.'),
  wait_for: optional(number()).describe('Seconds for which it is asked again and again.'),
};

/** What a state of a query was given. */
export interface QueryWish {
  readonly name: string;
  readonly match: string | undefined;
  readonly match_type: 'string' | 'pcre' | 'list';
  readonly status: Value | undefined;
  readonly status_type: 'string' | 'pcre' | 'list';
}

/** Asks once and judges the answer. */
export async function queryOnce(wish: QueryWish, context: StateContext): Promise<Applied> {
  const keyword: Dict = new Map([...context.unknownArguments, ['text', true], ['status', true]]);
  const data = await context.call('http.query', [wish.name], keyword);
  const verdicts = [...judgeText(wish, memberOf(data, 'text')), ...judgeStatus(wish, memberOf(data, 'status'))];
  const comment = verdicts.map((verdict) => verdict.comment).join(' ');
  const failed = verdicts.some(({ holds }) => !holds);
  return { comment, changes: {}, extra: { data: data }, ...(failed ? { failed } : {}) };
}

/** Asks until the answer is as wished, at most for so many seconds. */
export async function queryUntil(
  wish: QueryWish,
  { seconds, interval }: { readonly seconds: number; readonly interval: number },
  context: StateContext,
): Promise<Applied> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await queryOnce(wish, context);
    if (answer.failed !== true || performance.now() > deadline || context.signal.aborted) return answer;
    await delay(interval, context.signal);
  }
}

interface Verdict {
  readonly holds: boolean;
  readonly comment: string;
}

function memberOf(data: Value, key: string): string {
  const value = isDict(data) ? data.get(key) : undefined;
  return value === undefined || value === null ? '' : pythonStr(value);
}

function judgeText({ match, match_type: type }: QueryWish, body: string): readonly Verdict[] {
  if (match === undefined) return [];
  const holds = type === 'pcre' ? body.search(compileFlaggedRegex(match)) >= 0 : body.includes(match);
  const what = type === 'pcre' ? 'pattern' : 'text';
  return [{ holds, comment: `Match ${what} "${match}" was ${holds ? '' : 'not '}found.` }];
}

function judgeStatus({ status, status_type: type }: QueryWish, found: string): readonly Verdict[] {
  if (status === undefined) return [];
  if (type === 'list') {
    const wanted = (Array.isArray(status) ? status : [status]).map((each) => pythonStr(each));
    const holds = wanted.includes(found);
    const shown = pythonStr(Array.isArray(status) ? status : [status]);
    return [{ holds, comment: holds ? `Status ${found} was found.` : `Statuses ${shown} were not found.` }];
  }
  const wanted = pythonStr(status);
  const holds = type === 'pcre' ? found.search(compileFlaggedRegex(wanted)) >= 0 : found === wanted;
  const shown = type === 'pcre' ? `Status pattern "${wanted}"` : `Status ${wanted}`;
  return [{ holds, comment: `${shown} was ${holds ? '' : 'not '}found.` }];
}
