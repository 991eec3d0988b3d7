import { isAppError, isDict, loadJson, loadYaml, type Dict, type Value } from '@brine/common';
import type { FastifyRequest } from 'fastify';
import { HttpProblem } from './http-problem.ts';

/** A body as it came and as it was read; `undefined` where there is none. */
export interface ReadBody {
  readonly text: string;
  readonly value: Value | undefined;
}

/** Levels of nesting that a body may have. */
const depthLimit = 64;

/** Reads a body by its content type: JSON, YAML, a form, or text that may be JSON. Throws 400 and 406. */
export function readBody(request: FastifyRequest): ReadBody {
  const bytes = request.body instanceof Uint8Array ? Buffer.from(request.body) : Buffer.alloc(0);
  if (bytes.length === 0) return { text: '', value: undefined };
  const text = decodeText(bytes);
  const [type = ''] = (request.headers['content-type'] ?? '').split(';').map((part) => part.trim().toLowerCase());
  const read = readers.get(type);
  if (read === undefined) throw new HttpProblem(406, 'Content type not supported');
  const value = read(text);
  if (value !== undefined) requireShallow(value);
  return { text, value };
}

const readers: ReadonlyMap<string, (text: string) => Value | undefined> = new Map<
  string,
  (text: string) => Value | undefined
>([
  ['application/json', readJson],
  ['application/x-yaml', readYaml],
  ['text/yaml', readYaml],
  ['application/x-www-form-urlencoded', readForm],
  ['text/plain', readText],
]);

function decodeText(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new HttpProblem(400, 'The body is not UTF-8');
  }
}

function readJson(text: string): Value {
  try {
    return loadJson(text);
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new HttpProblem(400, 'Invalid JSON document');
  }
}

function readYaml(text: string): Value {
  try {
    return loadYaml(text).value;
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new HttpProblem(400, 'Invalid YAML document');
  }
}

/** What browsers send a text as; SaltGUI sends all its JSON so. */
function readText(text: string): Value {
  try {
    return loadJson(text);
  } catch {
    return text;
  }
}

/** One chunk: repeated keys are lists, `arg` and `kwarg` are YAML, everything else stays text. */
function readForm(text: string): Dict {
  const form: Dict = new Map();
  for (const [key, value] of new URLSearchParams(text)) {
    if (value === '') continue;
    const before = form.get(key);
    const read = key === 'arg' || key === 'kwarg' ? readYaml(value) : value;
    if (key === 'arg') form.set(key, [...(Array.isArray(before) ? before : []), read]);
    else if (before === undefined) form.set(key, read);
    else form.set(key, Array.isArray(before) ? [...before, read] : [before, read]);
  }
  return form;
}

function requireShallow(value: Value, depth = 0): void {
  if (depth > depthLimit) throw new HttpProblem(400, `The body nests deeper than ${depthLimit} levels`);
  if (Array.isArray(value)) for (const item of value) requireShallow(item, depth + 1);
  else if (isDict(value)) for (const item of value.values()) requireShallow(item, depth + 1);
}

/** The chunks of a body: a list of mappings, or one mapping. */
export function readChunks({ value }: ReadBody): readonly Dict[] {
  if (isDict(value ?? null)) {
    const chunk = value as Dict;
    if (chunk.size > 0) return [chunk];
  }
  if (!Array.isArray(value)) throw new HttpProblem(400, 'Lowstates must be a list');
  return value.map((chunk) => {
    if (isDict(chunk)) return chunk;
    throw new HttpProblem(400, 'Lowstates must be a list of mappings');
  });
}
