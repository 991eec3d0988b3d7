import { isDict, isFloat, isInteger, pythonStr, type Dict, type Value } from '@brine/common';
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

/**
 * The texts among the arguments of a call that its schema calls secret. Those that another argument tells as well are left
 * out (an account whose password is its name): they are shown anyway.
 */
export function secretTexts({ shape }: z.ZodObject, given: Dict): readonly string[] {
  const members = shape as Readonly<Record<string, z.ZodType>>;
  const entries = Array.from(given, ([key, value]) => {
    const name = pythonStr(key);
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    return { kind: member === undefined ? undefined : secretKindOf(member), value };
  });
  // Every step of a run is looked at, and most have no secrets.
  if (entries.every(({ kind }) => kind === undefined)) return [];
  const texts = new Set<string>();
  const open = new Set<string>();
  for (const { kind, value } of entries) {
    for (const text of textsIn(value)) {
      if (kind === undefined) open.add(text);
      else if (kind === 'whole' || isKeyMaterial(text)) texts.add(text);
    }
  }
  return [...texts].filter((text) => text.length >= shortestSecret && !open.has(text));
}

/** Whether a text is a key and not the path of one. */
export function isKeyMaterial(text: string): boolean {
  return text.includes('-----BEGIN ');
}

function textsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value.trim()];
  if (isInteger(value) || isFloat(value)) return [pythonStr(value)];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8').trim()];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isDict(value) ? [...value.values()].flatMap(textsIn) : [];
}
