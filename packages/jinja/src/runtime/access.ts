import { methodsOf } from '../methods/method-tables.ts';
import { TemplateFault } from '../template-fault.ts';
import { getItem } from '../values/dict-items.ts';
import { repr } from '../values/python-text.ts';
import { Markup, PythonObject, Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { toCharacters } from '../values/text-units.ts';
import { describeOwner } from '../values/type-name.ts';
import { BoundRoutine } from './bound-method.ts';
import type { Runtime } from './runtime.ts';

/** `value.name`: an attribute or method, else the item of that name; undefined when there is neither. */
export function getAttribute(value: RuntimeValue, name: string, runtime: Runtime): RuntimeValue {
  const found = ownAttribute(value, name, runtime) ?? itemOrUndefined(value, name);
  return found === undefined ? missingAttribute(value, name, runtime) : found;
}

/** What reads `value.name` for one name: the items of dicts are found at once, unless a method has the name. */
export function attributeReader(name: string): (value: RuntimeValue, runtime: Runtime) => RuntimeValue {
  if (isHidden(name) || methodsOf(new Map()).has(name)) return (value, runtime) => runtime.attribute(value, name);
  return (value, runtime) => {
    const item = value instanceof Map ? value.get(name) : undefined;
    return item === undefined ? runtime.attribute(value, name) : item;
  };
}

/** `value[key]`: an item, else for texts the attribute of that name; undefined when there is neither. */
export function getSubscript(value: RuntimeValue, key: RuntimeValue, runtime: Runtime): RuntimeValue {
  const found = itemOrUndefined(value, key);
  if (found !== undefined) return found;
  const name = key instanceof Markup ? key.text : key;
  if (typeof name !== 'string') return missingElement(value, name, runtime);
  return ownAttribute(value, name, runtime) ?? missingAttribute(value, name, runtime);
}

/** An attribute or method without falling back on items. */
function ownAttribute(value: RuntimeValue, name: string, runtime: Runtime): RuntimeValue | undefined {
  if (isHidden(name)) {
    const item = value instanceof Map ? value.get(name) : undefined;
    return item === undefined ? forbidden(value, name) : item;
  }
  if (value instanceof PythonObject) {
    const attribute = value.attribute(name);
    if (attribute !== undefined) return attribute;
  }
  const method = methodsOf(value).get(name);
  return method === undefined
    ? undefined
    : new BoundRoutine(value instanceof Markup ? value.text : value, method, runtime);
}

function isHidden(name: string): boolean {
  return name.startsWith('__') && name.endsWith('__');
}

function forbidden(value: RuntimeValue, name: string): Undefined {
  if (value instanceof Undefined) return value.fail();
  const message = `access to attribute '${name}' of ${describeOwner(value)} is unsafe`;
  return new Undefined({ strict: true, message, forbidden: true });
}

function itemOrUndefined(value: RuntimeValue, key: RuntimeValue): RuntimeValue | undefined {
  if (value instanceof Map) return dictItem(value, key);
  if (Array.isArray(value)) return at(value, key);
  if (typeof value === 'string') return typeof key === 'string' ? undefined : at(toCharacters(value), key);
  if (value instanceof Tuple) return at(value.items, key);
  if (value instanceof Markup) return itemOrUndefined(value.text, key);
  return value instanceof PythonObject ? value.item(key) : undefined;
}

function dictItem(dict: Map<RuntimeValue, RuntimeValue>, key: RuntimeValue): RuntimeValue | undefined {
  if (typeof key === 'string') return dict.get(key);
  if (Array.isArray(key) || key instanceof Map) return undefined;
  return getItem(dict, key);
}

function at(items: readonly RuntimeValue[], key: RuntimeValue): RuntimeValue | undefined {
  if (key instanceof Undefined) key.fail();
  const index = typeof key === 'boolean' ? Number(key) : key;
  if (typeof index !== 'number' || !Number.isInteger(index)) return undefined;
  return items[index < 0 ? index + items.length : index];
}

function missingAttribute(value: RuntimeValue, name: string, runtime: Runtime): RuntimeValue {
  return runtime.undefined({
    message: `'${describeOwner(value)}' has no attribute '${name}'`,
    name,
    candidates: () => namesOf(value),
  });
}

function missingElement(value: RuntimeValue, key: RuntimeValue, runtime: Runtime): RuntimeValue {
  return runtime.undefined({ message: `${describeOwner(value)} has no element ${describeKey(key)}` });
}

function describeKey(key: RuntimeValue): string {
  try {
    return repr(key);
  } catch (error) {
    if (error instanceof TemplateFault) return '…';
    throw error;
  }
}

function* namesOf(value: RuntimeValue): Generator<string, void, undefined> {
  if (value instanceof Map) for (const key of value.keys()) if (typeof key === 'string') yield key;
  if (value instanceof PythonObject) yield* value.attributeNames();
  yield* methodsOf(value).keys();
}
