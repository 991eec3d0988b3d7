import { z } from 'zod';
import { verbs } from './verb-table.ts';

/** A member of the body of a verb, for its reference page. */
export interface VerbMember {
  /** `own.kind` for a member of a member. */
  readonly name: string;
  readonly isRequired: boolean;
  /** What it is and how much of it is taken, in words. */
  readonly takes: string;
}

/** Every verb that a minion can ask of its master, with the members that its schema has, in their order. */
export function describeVerbs(): readonly { readonly verb: string; readonly members: readonly VerbMember[] }[] {
  return [...verbs].map(([verb, { body }]) => ({ verb, members: membersOf(toJsonSchema(body), '') }));
}

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
}

function toJsonSchema(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override({ zodSchema, jsonSchema }) {
      // Only bytes are told by their class.
      if (zodSchema._zod.def.type === 'custom') Object.assign(jsonSchema, { type: 'bytes' });
    },
  }) as JsonSchema;
}

function membersOf(schema: JsonSchema, prefix: string): readonly VerbMember[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const name = `${prefix}${key}`;
    const isRequired = schema.required?.includes(key) === true;
    return [{ name, isRequired, takes: wordsFor(member) }, ...membersOf(member, `${name}.`)];
  });
}

function wordsFor(schema: JsonSchema): string {
  const words = schema.anyOf?.map(wordsFor).join(' or ') ?? [kindOf(schema), ...limitsOf(schema)].join(', ');
  const standard = schema.default === undefined ? '' : `; else \`${JSON.stringify(schema.default)}\``;
  return `${words}${standard}`;
}

function kindOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((choice) => `\`${choice}\``).join(', ');
  if (schema.type === 'array') return `list of ${wordsFor(schema.items ?? {})}`;
  return kinds[schema.type ?? ''] ?? 'anything';
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'integer',
  boolean: 'true or false',
  bytes: 'bytes',
  object: 'map',
};

function limitsOf(schema: JsonSchema): readonly string[] {
  const { minimum, exclusiveMinimum, maximum, minLength, maxLength, maxItems, pattern, description } = schema;
  return [
    limit('at least', minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum),
    limit('above', exclusiveMinimum),
    limit('at most', maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum),
    limit('at least', minLength, ' characters'),
    limit('at most', maxLength, ' characters'),
    limit('at most', maxItems, ' of them'),
    pattern === undefined ? undefined : `\`${pattern}\``,
    description,
  ].filter((words) => words !== undefined);
}

function limit(words: string, value: number | undefined, unit = ''): string | undefined {
  return value === undefined ? undefined : `${words} ${value.toLocaleString('en')}${unit}`;
}
