import { z } from 'zod';
import { pythonStr } from '../python-repr.ts';
import { Float, isDict, isInteger, type Dict, type Value } from '../value.ts';

/*
 * The kinds of values configuration keys have. Each takes the key's standard value and its description; the schemas
 * read values as YAML gives them, and take what Salt takes: `'4505'` for a number, `1` for true, `1000` for a text.
 */

function toText(value: unknown): unknown {
  return isInteger(value) || value instanceof Float ? pythonStr(value) : value;
}

function toNumber(value: unknown): unknown {
  if (value instanceof Float) return value.value;
  return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function toFlag(value: unknown): unknown {
  if (value === 0 || value === 1) return value === 1;
  const word = typeof value === 'string' ? value.toLowerCase() : undefined;
  return word === 'true' || word === 'false' ? word === 'true' : value;
}

function toList(value: unknown): unknown {
  return Array.isArray(value) ? value.map(toText) : [toText(value)];
}

// A list of one-key mappings is the long way to write a mapping.
function toDict(value: unknown): unknown {
  if (!Array.isArray(value) || !value.every((item): item is Dict => isDict(item) && item.size === 1)) return value;
  return new Map(value.flatMap((item) => [...item]));
}

const textSchema = z.preprocess(toText, z.string());

/** A text. */
export function text(standard: string, description: string) {
  return textSchema.default(standard).meta({ type: 'text', description });
}

/** A text, or nothing. */
export function optionalText(description: string) {
  return textSchema.optional().meta({ type: 'text', description });
}

/** A path; one of a folder is resolved under `root_dir` when the configuration is read. */
export function path(standard: string, description: string) {
  return textSchema.default(standard).meta({ type: 'path', description });
}

/** True or false. */
export function flag(standard: boolean, description: string) {
  return z.preprocess(toFlag, z.boolean()).default(standard).meta({ type: 'true or false', description });
}

/** True or false, or a mapping that says for whom. */
export function flagOrMapping(standard: boolean, description: string) {
  return z
    .preprocess(toFlag, z.union([z.boolean(), dictSchema]))
    .default(standard)
    .meta({ type: 'true, false or a mapping', description });
}

/** A whole number that is not negative. */
export function count(standard: number, description: string) {
  const type = 'a whole number, 0 or more';
  return z.preprocess(toNumber, z.int().min(0)).default(standard).meta({ type, description });
}

/** A length of time in seconds. */
export function seconds(standard: number, description: string) {
  const type = 'a number of seconds, 0 or more';
  return z.preprocess(toNumber, z.number().min(0)).default(standard).meta({ type, description });
}

/** A port; 0 lets the system choose one. */
export function port(standard: number, description: string) {
  const type = 'a port number';
  return z.preprocess(toNumber, z.int().min(0).max(65_535)).default(standard).meta({ type, description });
}

/** One of a few words, letter case aside. */
export function choice<const Word extends string>(words: readonly Word[], standard: Word, description: string) {
  const toWord = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);
  const type = `one of ${words.join(', ')}`;
  return z.preprocess(toWord, z.enum(words)).default(standard).meta({ type, description });
}

/** One of a few words, or nothing. */
export function optionalChoice<const Word extends string>(words: readonly Word[], description: string) {
  return choice(words, words[0] as Word, description)
    .unwrap()
    .optional()
    .meta({ type: `one of ${words.join(', ')}`, description });
}

/** A list of texts; a single text is a list of one. */
export function texts(standard: readonly string[], description: string) {
  const type = 'a list of texts';
  return z.preprocess(toList, z.array(z.string()).readonly()).default(standard).meta({ type, description });
}

/** A mapping of environments to lists of folders; wildcards in the folders are expanded when it is read. */
export function roots(standard: Readonly<Record<string, readonly string[]>>, description: string) {
  const type = 'a mapping of environments to lists of paths';
  return z.preprocess(toRoots, rootsSchema).default(standard).meta({ type, description });
}

const rootsSchema = z.record(z.string(), z.array(z.string()).readonly()).readonly();

function toRoots(value: unknown): unknown {
  if (!isDict(value)) return value;
  const entries = Array.from(value, ([name, paths]) => [pythonStr(name), paths === null ? [] : toList(paths)]);
  return Object.fromEntries(entries) as unknown;
}

/** What reads a mapping as it is. */
export const dictSchema = z.custom<Dict>(isDict);

/** What reads a list as it is. */
export const listSchema = z.custom<readonly Value[]>(Array.isArray);

/** A mapping, handed on as it is. */
export function mapping(description: string) {
  return z
    .preprocess(toDict, dictSchema)
    .default(() => new Map())
    .meta({ type: 'a mapping', description });
}

/** A mapping, or nothing; handed on as it is. */
export function optionalMapping(description: string) {
  return z.preprocess(toDict, dictSchema).optional().meta({ type: 'a mapping', description });
}

/** A mapping of names to arguments, or a list of names alone; handed on as it is. */
export function namesToArguments(description: string) {
  const type = 'a mapping of names to arguments, or a list of names';
  return z
    .custom<Dict | readonly Value[]>((value) => isDict(value as Value) || Array.isArray(value))
    .default(() => new Map())
    .meta({ type, description });
}

/** A list, handed on as it is, or the path of a file that has one. */
export function listOrFile(description: string) {
  return z
    .union([listSchema, textSchema])
    .default(() => [])
    .meta({ type: 'a list, or the path of a file that has one', description });
}

/** A list, handed on as it is. */
export function list(description: string) {
  return listSchema.default(() => []).meta({ type: 'a list', description });
}
