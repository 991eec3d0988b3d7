import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { parseDateText } from '@brine/common/schedule';
import { isTruthy } from '../../kit/truth.ts';

/** Why a job cannot be made, as the functions of `schedule` answer it. */
export interface ItemFault {
  readonly comment: string;
  readonly result: false;
}

const units = ['seconds', 'minutes', 'hours', 'days'];

/** What speaks against the times among the arguments of a job. */
export function timeConflict(given: Dict): 'units' | 'forms' | undefined {
  const hasForm = given.has('when') || given.has('cron');
  if (hasForm && units.some((unit) => given.has(unit))) return 'units';
  return given.has('when') && given.has('cron') ? 'forms' : undefined;
}

export const conflictingForms = 'Unable to use "when" and "cron" options together.  Ignoring.';

/** Makes a job of the schedule out of the keyword arguments of `schedule.add`. */
export function buildItem(name: string, given: Dict): Dict | ItemFault {
  const wrong = findFault(name, given);
  if (wrong !== undefined) return fault(wrong);
  const item: Dict = new Map([['function', given.get('function') ?? null]]);
  const take = (keys: readonly string[]): void => {
    for (const key of keys) if (given.has(key)) item.set(key, given.get(key) ?? null);
  };
  take([...units, 'return_job', 'metadata']);
  const unfit = takeArguments(item, given);
  if (unfit !== undefined) return fault(unfit);
  item.set('maxrunning', given.get('maxrunning') ?? 1);
  item.set('name', given.get('name') ?? name);
  item.set('enabled', given.get('enabled') ?? true);
  if (isTruthy(given.get('jid_include') ?? true)) item.set('jid_include', true);
  takeSplay(item, given.get('splay'));
  const unreadable = unreadableWhen(given.get('when'));
  if (unreadable !== undefined) return fault(`Schedule item ${unreadable} for "when" in invalid.`);
  take(['range', 'when', 'once', 'once_fmt', 'cron', 'returner', 'after', 'return_config', 'return_kwargs', 'until']);
  take(['run_on_start', 'skip_during_range', 'run_after_skip_range']);
  return item;
}

function findFault(name: string, given: Dict): string | undefined {
  if (name === '') return 'Job name is required.';
  if (!isTruthy(given.get('function'))) return 'Job function is required.';
  const conflict = timeConflict(given);
  if (conflict !== 'units') return conflict && conflictingForms;
  return 'Unable to use "seconds", "minutes", "hours", or "days" with "when" or "cron" options.';
}

/** Whether an item could not be made. */
export function isFault(item: Dict | ItemFault): item is ItemFault {
  return !isDict(item as Value);
}

function fault(comment: string): ItemFault {
  return { comment, result: false };
}

function takeArguments(item: Dict, given: Dict): string | undefined {
  const args = given.get('job_args');
  if (args !== undefined && !Array.isArray(args)) return 'job_args is not a list. please correct and try again.';
  if (args !== undefined) item.set('args', args);
  const kwargs = given.get('job_kwargs');
  // A state writes a mapping as a list of mappings just as well.
  const dict = Array.isArray(kwargs) && kwargs.every(isDict) ? new Map(kwargs.flatMap((one) => [...one])) : kwargs;
  if (dict !== undefined && !isDict(dict)) return 'job_kwargs is not a dict. please correct and try again.';
  if (dict !== undefined) item.set('kwargs', dict);
  return undefined;
}

function takeSplay(item: Dict, splay: Value | undefined): void {
  if (splay === undefined) return;
  if (!isDict(splay)) item.set('splay', splay);
  else {
    item.set(
      'splay',
      new Map<Value, Value>([
        ['start', splay.get('start') ?? null],
        ['end', splay.get('end') ?? null],
      ]),
    );
  }
}

function unreadableWhen(when: Value | undefined): string | undefined {
  if (when === undefined) return undefined;
  const texts = (Array.isArray(when) ? when : [when]).map(pythonStr);
  return texts.find((text) => parseDateText(text, 0) === undefined);
}
