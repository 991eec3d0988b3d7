import { isDict, pythonStr, type Dict, type SourceSpan, type Value } from '@brine/common';

/** One part that went into a pillar, as it was before it was merged. */
export interface PillarLayer {
  readonly value: Dict;
  /** Keys under which the part was put. */
  readonly prefix: readonly string[];
  readonly positionOf: (container: Dict | Value[], key: Value) => SourceSpan | undefined;
}

/** Places that set the value at a path, in the order of the layers. */
export function originsOfPath(layers: readonly PillarLayer[], path: readonly Value[]): SourceSpan[] {
  return layers.flatMap((layer) => originInLayer(layer, path) ?? []);
}

function originInLayer({ value, prefix, positionOf }: PillarLayer, path: readonly Value[]): SourceSpan | undefined {
  const isBelow = prefix.every((key, index) => index >= path.length || key === pythonStr(path[index] ?? null));
  if (!isBelow) return undefined;
  const rest = path.slice(prefix.length);
  // A path that ends in the prefix names the whole part: its first key stands for it.
  if (rest.length === 0) return value.size === 0 ? undefined : positionOf(value, value.keys().next().value ?? null);
  let current: Value = value;
  let span: SourceSpan | undefined;
  for (const part of rest) {
    const found = findMember(current, part);
    if (found === undefined) return undefined;
    span = found.container && positionOf(found.container, found.key);
    current = found.item;
  }
  return span;
}

function findMember(
  container: Value,
  part: Value,
): { readonly container: Dict | Value[]; readonly key: Value; readonly item: Value } | undefined {
  if (isDict(container)) {
    const text = pythonStr(part);
    for (const [key, item] of container) if (pythonStr(key) === text) return { container, key, item };
    return undefined;
  }
  const index = Number(part);
  const item = Array.isArray(container) && Number.isInteger(index) ? container[index] : undefined;
  return Array.isArray(container) && item !== undefined ? { container, key: index, item } : undefined;
}
