import type { z } from 'zod';
import { closestName } from '../closest-name.ts';
import { pythonTypeName } from '../compare-values.ts';
import type { Problem } from '../problem.ts';
import { pythonRepr, pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { configProblem, type KeyOrigin } from './config-problem.ts';
import { unsupportedKeys } from './keys/unsupported-keys.ts';

/** A configuration after its keys were checked one by one. */
export interface CheckedConfig {
  /** Every known key with its value or standard value, then the keys nobody knows. */
  readonly config: Record<string, unknown>;
  readonly problems: readonly Problem[];
}

/** The schemas of keys by which a configuration is checked. */
export interface ConfigShapes {
  readonly shape: Readonly<Record<string, z.ZodType>>;
  /** Those of the other kind of daemon, whose keys are known, yet do nothing here. */
  readonly otherShape: Readonly<Record<string, z.ZodType>>;
}

/** Checks each key by its schema. `origins` says where the keys were set. */
export function checkConfig(shapes: ConfigShapes, values: Dict, origins: ReadonlyMap<Value, KeyOrigin>): CheckedConfig {
  const { shape } = shapes;
  // Without a prototype, so that a key `__proto__` is one like any other.
  const config = Object.create(null) as Record<string, unknown>;
  const problems: Problem[] = [];
  for (const [key, schema] of Object.entries(shape)) {
    // A key without a value (`nodegroups:`) counts as not set.
    const value = values.get(key) ?? undefined;
    const parsed = schema.safeParse(value);
    if (parsed.success) config[key] = parsed.data;
    else problems.push(invalidValue({ key, schema, value: value ?? null }, origins.get(key)));
  }
  for (const [key, value] of values) {
    if (typeof key === 'string' && Object.hasOwn(shape, key)) continue;
    config[pythonStr(key)] = value;
    const problem = strayKey(key, shapes, origins.get(key));
    if (problem !== undefined) problems.push(problem);
  }
  if (config['open_mode'] === true) problems.push(openMode(origins.get('open_mode')));
  return { config, problems };
}

interface InvalidValue {
  readonly key: string;
  readonly schema: z.ZodType;
  readonly value: Value;
}

function invalidValue({ key, schema, value }: InvalidValue, origin: KeyOrigin | undefined): Problem {
  const { type } = schema.meta() ?? {};
  const isLong = Array.isArray(value) || isDict(value);
  const found = isLong ? `a ${pythonTypeName(value)}` : pythonRepr(value);
  const summary = `${key} has to be ${withArticle(String(type))}, not ${found}`;
  return configProblem({ severity: 'error', code: 'config-value-invalid', summary }, origin);
}

function withArticle(type: string): string {
  return /^(?:a|one) |^true/.test(type) ? type : `a ${type}`;
}

function strayKey(key: Value, { shape, otherShape }: ConfigShapes, origin: KeyOrigin | undefined): Problem | undefined {
  if (typeof key !== 'string') return unknownKey(pythonRepr(key), undefined, origin);
  const idle = [...unsupportedKeys, ...Object.keys(otherShape)];
  if (idle.includes(key)) {
    const summary = Object.hasOwn(otherShape, key)
      ? `${key} does nothing in this file`
      : `Brine does not act on ${key}`;
    return configProblem({ severity: 'warning', code: 'config-key-unsupported', summary }, origin);
  }
  // `mysql.host` and the like configure modules, which alone know their keys.
  return key.includes('.') ? undefined : unknownKey(key, closestName(key, [...Object.keys(shape), ...idle]), origin);
}

function unknownKey(key: string, nearest: string | undefined, origin: KeyOrigin | undefined): Problem {
  const help = nearest === undefined ? 'it is only there for config.get' : `did you mean ${nearest}?`;
  const summary = `unknown configuration key ${key}`;
  return configProblem({ severity: 'warning', code: 'config-key-unknown', summary, help }, origin);
}

function openMode(origin: KeyOrigin | undefined): Problem {
  const summary = 'open_mode is refused: it would let any host stand in for any minion';
  const help = 'remove it; delete the old key with salt-key when a minion has got a new one';
  return configProblem({ severity: 'error', code: 'config-value-invalid', summary, help }, origin);
}
