import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { certificateExtensions } from './extensions.ts';
import { nameAttributes } from './names.ts';

interface Surroundings {
  readonly options: Dict;
  readonly pillar: Dict;
}

/** The signing policy of a name out of `x509_signing_policies` of configuration or pillar. Throws `state-failed`. */
export function findSigningPolicy(name: string, surroundings: Surroundings): Dict {
  const policy = readSigningPolicy(name, surroundings);
  if (policy === undefined)
    throw new AppError({ code: 'state-failed', message: `Signing policy ${name} does not exist.` });
  return policy;
}

/** The same; `undefined` when there is none of that name. As in Salt the pillar comes first. */
export function readSigningPolicy(name: string, { options, pillar }: Surroundings): Dict | undefined {
  const tables = [pillar, options].map((source) => source.get('x509_signing_policies'));
  const policy = tables
    .map((table) => (isDict(table) ? table.get(name) : undefined))
    .find((found) => found !== undefined);
  if (policy === undefined) return undefined;
  return isDict(policy)
    ? policy
    : new Map((Array.isArray(policy) ? policy : []).filter(isDict).flatMap((item) => [...item]));
}

/** What was given with what a policy says laid over it. */
export function applySigningPolicy(given: Dict, policy: Dict): Dict {
  const merged: Dict = new Map([...toShortNames(given)]);
  const rules = toShortNames(policy);
  // Parts that a policy sets are not to be got around by a whole subject.
  if ([...nameAttributes.keys()].some((part) => rules.has(part))) merged.delete('subject');
  const [own, ruled] = [merged.get('subject'), rules.get('subject')];
  for (const [key, value] of rules) merged.set(key, value);
  if (isDict(own) && isDict(ruled)) merged.set('subject', new Map([...own, ...ruled]));
  if (Array.isArray(own) && Array.isArray(ruled)) merged.set('subject', [...ruled, ...own]);
  return merged;
}

function toShortNames(values: Dict): Dict {
  const short = new Map<string, string>([
    ['algorithm', 'digest'],
    ...[...nameAttributes].flatMap(([name, { aliases }]) => aliases.map((alias) => [alias, name] as const)),
    ...Object.entries(certificateExtensions).flatMap(([name, { aliases }]) =>
      aliases.map((alias) => [alias, name] as const),
    ),
  ]);
  return new Map([...values].map(([key, value]): [Value, Value] => [short.get(pythonStr(key)) ?? key, value]));
}
