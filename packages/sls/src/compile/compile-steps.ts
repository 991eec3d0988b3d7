import { isDict, pythonStr, type Dict, type SourceSpan, type Value } from '@brine/common';
import { argumentsIn, declaredStates, textOf, type DeclaredState } from '../high/declared-states.ts';
import type { Origins } from '../high/origins.ts';
import { orderChunks, type UnorderedChunk } from './order-steps.ts';
import { stepTag, type Step } from './step.ts';

/** Turns verified high data into steps, in the order of `state.show_lowstate`. */
export function compileSteps(high: Dict, origins: Origins): Step[] {
  const drafts: Draft[] = [];
  for (const declared of declaredStates(high)) drafts.push(...draftChunks(declared, origins));
  return orderChunks(drafts).map(toStep);
}

interface Draft extends UnorderedChunk {
  readonly span: SourceSpan | undefined;
  readonly argumentSpans: ReadonlyMap<string, SourceSpan>;
}

function draftChunks(declared: DeclaredState, origins: Origins): Draft[] {
  const { id, body, state, parts } = declared;
  const fun = parts.findLast((part) => typeof part === 'string');
  if (fun === undefined) return [];
  const span = origins.spanOf(body);
  const shared = sharedChunk(declared);
  const argumentSpans = new Map<string, SourceSpan>();
  const names: Value[] = [];
  for (const [key, value, part] of argumentsIn(parts)) {
    const at = origins.spanOf(part);
    if (at !== undefined) argumentSpans.set(key, at);
    if (key === 'names') names.push(...(Array.isArray(value) ? value : []));
    else if (key === 'name') shared.set('name', typeof value === 'string' ? value : id);
    else if (!ownKeys.has(key)) shared.set(key, value);
  }
  if (names.length === 0) return [{ chunk: shared.set('fun', fun), nameOrder: undefined, span, argumentSpans }];
  return uniqueNames(names).map((entry, index) => {
    const chunk = nameChunk(shared, entry);
    chunk.set('state', state).set('fun', fun);
    return { chunk, nameOrder: index + 1, span, argumentSpans };
  });
}

/** What an argument of the same name never replaces. */
const ownKeys: ReadonlySet<string> = new Set(['state', '__id__', '__sls__', '__env__']);

function sharedChunk({ id, body, state }: DeclaredState): Dict {
  const chunk: Dict = new Map<Value, Value>([
    ['state', state],
    ['name', id],
  ]);
  const sls = textOf(body, '__sls__');
  const saltenv = textOf(body, '__env__');
  if (sls !== undefined) chunk.set('__sls__', sls);
  if (saltenv !== undefined) chunk.set('__env__', saltenv);
  return chunk.set('__id__', id);
}

function uniqueNames(names: readonly Value[]): Value[] {
  const named = names.filter((entry) => !Array.isArray(entry));
  return named.filter((entry, index) => typeof entry !== 'string' || named.indexOf(entry) === index);
}

function nameChunk(shared: Dict, entry: Value): Dict {
  const chunk: Dict = new Map(shared);
  if (!isDict(entry)) return chunk.set('name', entry);
  const [name = null, overrides] = entry.entries().next().value ?? [];
  chunk.set('name', name);
  const given = Array.isArray(overrides) ? overrides : [];
  for (const [key, value] of argumentsIn(given)) if (!ownKeys.has(key)) chunk.set(key, value);
  return chunk;
}

function toStep({ chunk, span, argumentSpans }: Draft): Step {
  const text = (key: string): string => pythonStr(chunk.get(key) ?? '');
  const parts = { state: text('state'), id: text('__id__'), name: text('name'), fun: text('fun') };
  return {
    ...parts,
    chunk,
    tag: stepTag(parts),
    sls: textOf(chunk, '__sls__'),
    saltenv: textOf(chunk, 'saltenv') ?? textOf(chunk, '__env__') ?? 'base',
    order: Number(chunk.get('order')),
    span,
    argumentSpans,
  };
}
