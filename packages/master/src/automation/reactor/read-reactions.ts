import { isDict, pythonStr, type Dict, type Problem, type SourceSpan, type Value } from '@brine/common';
import { reactionTypes, type Reaction, type RenderedReactions } from './reaction.ts';

interface Ordered {
  readonly reaction: Reaction;
  readonly order: number;
}

/** Older names of types. */
const aliases: ReadonlyMap<string, Reaction['type']> = new Map([['cmd', 'local']]);

/** What `positionOf` of rendered data tells. */
type PositionOf = (container: Dict | Value[], key: Value) => SourceSpan | undefined;

/** Reads what a file of reactions rendered to. Reactions with an `order` go first, the others as they are written. */
export function readReactions(value: Value, file: string, positionOf: PositionOf): RenderedReactions {
  if (value === null) return { reactions: [], problems: [] };
  const problems: Problem[] = [];
  const found: Ordered[] = [];
  if (!isDict(value)) {
    return { reactions: [], problems: [problem('a file of reactions is a mapping of ids', { file, line: 1 })] };
  }
  for (const [key, body] of value) {
    const span = positionOf(value, key) ?? { file, line: 1 };
    const id = pythonStr(key);
    const bodies: readonly (readonly [string, Value])[] = isDict(body)
      ? [...body].map(([name, given]) => [pythonStr(name), given] as const)
      : typeof body === 'string'
        ? [[body, []]]
        : [];
    if (bodies.length === 0) problems.push(problem(`reaction '${id}' says nothing to do`, span));
    for (const [name, given] of bodies) {
      const read = readBody(name, given, { id, span });
      if (typeof read === 'string') problems.push(problem(`reaction '${id}': ${read}`, span));
      else found.push(read);
    }
  }
  // As in a state file, one mistake makes nothing of the file happen.
  if (problems.length > 0) return { reactions: [], problems };
  return { reactions: found.toSorted((a, b) => a.order - b.order).map(({ reaction }) => reaction), problems };
}

function readBody(
  name: string,
  given: Value,
  { id, span }: { readonly id: string; readonly span: SourceSpan },
): Ordered | string {
  const [written = '', ...dotted] = name.split('.');
  const type = reactionTypes.find((one) => one === (aliases.get(written) ?? written));
  if (type === undefined) return `'${written}' is no type of reactions (${reactionTypes.join(', ')})`;
  const params: Dict = new Map();
  const functions = dotted.length > 0 ? [dotted.join('.')] : [];
  for (const item of Array.isArray(given) ? given : [given]) {
    if (typeof item === 'string') functions.push(item);
    else if (isDict(item)) for (const [key, value] of item) params.set(key, value);
    else if (item !== null) return `${pythonStr(item)} is neither a function nor a mapping`;
  }
  const [fun] = functions;
  if (fun === undefined || functions.length > 1) return `it names ${functions.length} functions instead of one`;
  const order = takeOrder(params);
  return {
    reaction: { id, span, type, fun, params },
    order,
  };
}

function takeOrder(params: Dict): number {
  const order = params.get('order');
  params.delete('order');
  return typeof order === 'number' ? order : Number.POSITIVE_INFINITY;
}

function problem(summary: string, span: SourceSpan): Problem {
  return { severity: 'error', code: 'reaction-invalid', summary, span };
}
