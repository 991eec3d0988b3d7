import { loginSecrets, namedSecrets, pythonStr, textsIn, type Dict, type Value } from '@brine/common';
import type { z } from 'zod';
import type { Argument } from './arguments.ts';

/** What of an argument is secret: all of it, or key material alone where the path of a file may stand as well. */
export type SecretKind = 'whole' | 'key material';

/**
 * Marks an argument as a secret: what is given for it is shown nowhere, neither in answers and changes, nor in logs and
 * events, and lines for a shell that hold it are kept out of the list of processes. Outermost but for `.describe()`.
 */
export function secret<Output>(schema: Argument<Output>, kind: SecretKind = 'whole'): Argument<Output> {
  return schema.meta({ ...schema.meta(), secret: kind }) as Argument<Output>;
}

/** What is secret among the arguments of a schema: name → how much of it. */
export function secretArguments({ shape }: z.ZodObject): ReadonlyMap<string, SecretKind> {
  return new Map(
    Object.entries(shape as Readonly<Record<string, z.ZodType>>).flatMap(([name, member]) => {
      const kind = secretKindOf(member);
      return kind === undefined ? [] : [[name, kind] as const];
    }),
  );
}

/** What of the argument of a schema is secret; `undefined` when nothing is. */
export function secretKindOf(schema: z.ZodType): SecretKind | undefined {
  const kind = schema.meta()?.['secret'];
  return kind === 'whole' || kind === 'key material' ? kind : undefined;
}

/** Fewer characters say too little: they would be found in innocent texts. */
const shortestSecret = 6;

/** Arguments that hold variables, headers and fields by name: what sounds secret among them is. */
const holdsNamed: ReadonlySet<string> = new Set([
  ...['env', 'environment', 'header_dict', 'header_list', 'headers', 'params', 'data', 'query', 'auth'],
]);

/**
 * The texts among the arguments of a call that are secret: those that its schema calls so, passwords in addresses, and what
 * sounds secret among variables and headers. Those that another argument tells as well are left out (an account whose
 * password is its name): they are shown anyway.
 */
export function secretTexts({ shape }: z.ZodObject, given: Dict): readonly string[] {
  const members = shape as Readonly<Record<string, z.ZodType>>;
  const entries = Array.from(given, ([key, value]) => {
    const name = pythonStr(key);
    return {
      secrets: new Set(secretsIn(name, value, Object.hasOwn(members, name) ? members[name] : undefined)),
      value,
    };
  });
  // Every step of a run is looked at, and most have no secrets.
  if (entries.every(({ secrets }) => secrets.size === 0)) return [];
  const open = new Set(entries.flatMap(({ secrets, value }) => textsIn(value).filter((text) => !secrets.has(text))));
  const texts = new Set(entries.flatMap(({ secrets }) => [...secrets]));
  return [...texts].filter((text) => text.length >= shortestSecret && !open.has(text));
}

function secretsIn(name: string, value: Value, member: z.ZodType | undefined): readonly string[] {
  const kind = member === undefined ? undefined : secretKindOf(member);
  if (kind === 'whole') return textsIn(value);
  if (kind === 'key material') return textsIn(value).filter(isKeyMaterial);
  return holdsNamed.has(name) ? [...namedSecrets(value), ...loginSecrets(value)] : loginSecrets(value);
}

/** Whether a text is a key and not the path of one. */
export function isKeyMaterial(text: string): boolean {
  return text.includes('-----BEGIN ');
}
