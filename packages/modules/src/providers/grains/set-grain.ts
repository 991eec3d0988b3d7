import {
  isAppError,
  isDict,
  pythonStr,
  type Changes,
  type CheckOutcome,
  type Dict,
  type Plain,
  type Value,
} from '@brine/common';
import type { Host, StateContext } from '../../kit/index.ts';

/** The name of a grain as it was written, and what separates its parts. */
export interface WrittenName {
  readonly name: string;
  readonly delimiter: string;
}

/** Looks at a grain under its name with colons; the return shows that name too, as in Salt. */
export async function underColonName(
  { name: given, delimiter }: WrittenName,
  look: (name: string) => Promise<CheckOutcome<Host>>,
): Promise<CheckOutcome<Host>> {
  const name = given.replaceAll(delimiter, ':');
  const outcome = await look(name);
  if (name === given) return outcome;
  const extra = { name };
  if (outcome.kind !== 'change') return { ...outcome, extra };
  const { pending, apply } = outcome;
  return { ...outcome, pending: { ...pending, extra }, apply: async (host) => ({ ...(await apply(host)), extra }) };
}

/** Writes a grain through `grains.set`; answers why it was refused, if it was. The run sees the new value at once. */
export async function applyGrain(
  name: string,
  value: Value,
  { force, context }: { readonly force: boolean; readonly context: StateContext },
): Promise<string | undefined> {
  try {
    const answer = await context.call('grains.set', [name, value], new Map<Value, Value>([['force', force]]));
    if (isDict(answer) && answer.get('result') === false)
      return pythonStr(answer.get('comment') ?? 'grains.set failed');
    setNested(context.grains, name.split(':'), value);
    return undefined;
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return caught.message;
  }
}

/** The changes Salt shows for a grain: its topmost key with all that is below it now. */
export function showGrain(grains: Dict, name: string, value: Value): Changes {
  const [first = name, ...rest] = name.split(':');
  const top = grains.get(first);
  const shown: Plain = rest.length === 0 ? value : (top ?? nest(rest, value));
  return { [first]: shown };
}

function nest(parts: readonly string[], value: Value): Value {
  return parts.reduceRight<Value>((inner, part) => new Map([[part, inner]]), value);
}

/** Sets a value below nested keys. */
export function setNested(dict: Dict, parts: readonly string[], value: Value): void {
  const [first, ...rest] = parts;
  if (first === undefined) return;
  if (rest.length === 0) {
    dict.set(first, value);
    return;
  }
  const inner = dict.get(first);
  const next: Dict = isDict(inner) ? inner : new Map();
  dict.set(first, next);
  setNested(next, rest, value);
}
