import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { either, flag, textList, withDefault } from '../../kit/arguments.ts';
import type { ReadHost } from '../../kit/host.ts';

const which = withDefault(either(flag(), textList()), false);

/** What can go with an event beside its data. */
export const companyArguments = {
  with_env: which.describe('Variables of the environment that go with it: names, or true for all.'),
  with_grains: which.describe('Grains that go with it: names, or true for all.'),
  with_pillar: which.describe('Parts of the pillar that go with it: names, or true for all.'),
  with_env_opts: withDefault(flag(), false).describe('Whether `saltenv` and `pillarenv` go with it.'),
};

type Which = boolean | readonly string[];

/** What an event is to say. */
export interface EventCompany {
  readonly data: Value;
  readonly with_env: Which;
  readonly with_grains: Which;
  readonly with_pillar: Which;
  readonly with_env_opts: boolean;
}

/** What an event says: what goes with it, then `more`, then its data, the later before the earlier. */
export function eventBody(
  { data, more, ...wish }: EventCompany & { readonly more: Dict },
  {
    host,
    grains,
    pillar,
    options,
  }: { readonly host: ReadHost; readonly grains: Dict; readonly pillar: Dict; readonly options: Dict },
): Dict {
  const body: Dict = new Map();
  if (isWanted(wish.with_env)) body.set('environ', environmentOf(host, wish.with_env));
  if (isWanted(wish.with_grains)) body.set('grains', partOf(grains, wish.with_grains));
  if (isWanted(wish.with_pillar)) body.set('pillar', partOf(pillar, wish.with_pillar));
  if (wish.with_env_opts) {
    body.set('saltenv', options.get('saltenv') ?? 'base');
    body.set('pillarenv', options.get('pillarenv') ?? null);
  }
  for (const [key, value] of more) body.set(key, value);
  if (isDict(data)) for (const [key, value] of data) body.set(key, value);
  else if (data !== null) body.set('data', data);
  return body;
}

function isWanted(which: Which): boolean {
  return typeof which === 'boolean' ? which : which.length > 0;
}

function environmentOf(host: ReadHost, wanted: Which): Dict {
  const names = typeof wanted === 'boolean' ? host.environmentNames() : wanted;
  const variables = names.map((name): [Value, Value] => [name, host.environment(name) ?? null]);
  return new Map(variables.filter(([, value]) => value !== null));
}

function partOf(whole: Dict, wanted: Which): Dict {
  if (typeof wanted === 'boolean') return whole;
  return new Map([...whole].filter(([key]) => wanted.includes(pythonStr(key))));
}
