import type { Runtime } from '../runtime/runtime.ts';
import { isIntLike } from '../values/numbers.ts';
import { Markup, Undefined, type RuntimeValue } from '../values/runtime-value.ts';

type Getter = (item: RuntimeValue) => RuntimeValue;

interface GetterOptions {
  readonly fallback?: RuntimeValue | undefined;
  readonly postprocess?: Getter | undefined;
}

function pathParts(attribute: RuntimeValue): RuntimeValue[] {
  if (attribute instanceof Undefined) attribute.fail();
  if (attribute === null) return [];
  if (isIntLike(attribute)) return [attribute];
  const text = attribute instanceof Markup ? attribute.text : attribute;
  if (typeof text !== 'string') return [attribute];
  return text.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Reads an attribute such as `address.city` or `0` of items; without one, the items themselves. */
export function attributeGetter(runtime: Runtime, attribute: RuntimeValue, options: GetterOptions = {}): Getter {
  const parts = pathParts(attribute);
  const { fallback, postprocess } = options;
  return (item) => {
    let value = item;
    for (const part of parts) {
      value = runtime.subscript(value, part);
      if (fallback !== undefined && fallback !== null && value instanceof Undefined) value = fallback;
    }
    return postprocess === undefined ? value : postprocess(value);
  };
}

/** Reads several attributes, written with commas between them, as a list. */
export function attributesGetter(runtime: Runtime, attribute: RuntimeValue, postprocess: Getter | undefined): Getter {
  const names = typeof attribute === 'string' ? attribute.split(',') : [attribute];
  const getters = names.map((name) => attributeGetter(runtime, name, { postprocess }));
  return (item) => getters.map((get) => get(item));
}

/** Texts without their case, for filters that sort so unless told otherwise. */
export function ignoreCase(value: RuntimeValue): RuntimeValue {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
