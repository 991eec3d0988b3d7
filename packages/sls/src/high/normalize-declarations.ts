import {
  isDict,
  pythonRepr,
  pythonTypeName,
  type Dict,
  type Problem,
  type SourceSpan,
  type Value,
} from '@brine/common';
import { errorAt, warningAt } from './error-at.ts';
import type { Origins } from './origins.ts';

/** Data of one file as it was rendered, and where its members were written. */
export interface DeclarationSource {
  /** How the file is called in messages: the sls, or a template. */
  readonly sls: string;
  readonly saltenv: string;
  /** Whether bodies get `__sls__` and `__env__`; data that belongs to no sls does not. */
  readonly isNamed: boolean;
  positionOf(container: Dict | Value[], key: Value): SourceSpan | undefined;
  readonly origins: Origins;
  readonly problems: Problem[];
}

/**
 * Brings rendered declarations into the one form of high data: `file.managed` becomes `file` with `managed` at the
 * end of its list, short declarations get a body. What is malformed is reported and left out. Containers are new;
 * their origins are noted.
 */
export function normalizeDeclarations(rendered: Dict, source: DeclarationSource): Dict {
  const high: Dict = new Map();
  for (const [id, declared] of rendered) {
    const span = source.positionOf(rendered, id);
    if (typeof id !== 'string') {
      const kind = pythonTypeName(id);
      const summary = `ID '${pythonRepr(id)}' in SLS '${source.sls}' is not formed as a string, but is a ${kind}. It may need to be quoted.`;
      source.problems.push(errorAt(span, 'id-shape', summary));
    } else {
      if (id.startsWith('__')) {
        const summary = `ID '${id}' in SLS '${source.sls}' begins with two underscores and is left out`;
        source.problems.push(warningAt(span, 'id-reserved', summary));
      }
      if (ownEntries.has(id)) continue;
      const body = normalizeBody({ id, declared, span }, source);
      if (body !== undefined) high.set(id, body);
    }
  }
  return high;
}

/** What high data keeps for itself beside ids. */
const ownEntries: ReadonlySet<string> = new Set(['__extend__', '__exclude__']);

interface Declaration {
  readonly id: string;
  readonly declared: Value;
  readonly span: SourceSpan | undefined;
}

function normalizeBody({ id, declared, span }: Declaration, source: DeclarationSource): Dict | undefined {
  const body: Dict = new Map();
  source.origins.note(body, span);
  if (typeof declared === 'string' && declared.includes('.')) {
    const [state, fun] = splitFunction(declared);
    const parts: Value[] = [fun];
    source.origins.note(parts, span);
    body.set(state, parts);
  } else if (isDict(declared)) {
    addStates(body, { id, declared, source });
  } else {
    source.problems.push(errorAt(span, 'id-shape', `ID ${id} in SLS ${source.sls} is not a dictionary`));
    return undefined;
  }
  if (source.isNamed) {
    if (!body.has('__sls__')) body.set('__sls__', source.sls);
    if (!body.has('__env__')) body.set('__env__', source.saltenv);
  }
  return body;
}

interface DeclaredBody {
  readonly id: string;
  readonly declared: Dict;
  readonly source: DeclarationSource;
}

/**
 * Moves the states of a body over. Those written `type.function` come last, as in Salt, which takes them out and
 * puts them back; the numbers of the automatic order depend on it.
 */
function addStates(body: Dict, { id, declared, source }: DeclaredBody): void {
  const dotted: [state: string, parts: Value[]][] = [];
  const seen = new Set<string>();
  for (const [key, value] of declared) {
    const span = source.positionOf(declared, key);
    if (typeof key !== 'string') {
      const summary = `ID '${id}' in SLS '${source.sls}' has a state named ${pythonRepr(key)}, which is not a string`;
      source.problems.push(errorAt(span, 'state-shape', summary));
      continue;
    }
    const [state, fun] = splitFunction(key);
    if (Array.isArray(value) && !key.startsWith('_')) {
      if (seen.has(state)) {
        const summary = `ID '${id}' in SLS '${source.sls}' contains multiple state declarations of the same type`;
        source.problems.push(errorAt(span, 'state-repeated', summary, `give the second '${state}' an id of its own`));
        continue;
      }
      seen.add(state);
      const parts = copyParts(value, span, source);
      if (!key.includes('.')) body.set(key, parts);
      else {
        parts.push(fun);
        dotted.push([state, parts]);
      }
      continue;
    }
    if (!Array.isArray(value) || key.startsWith('__')) body.set(key, value);
    if (!key.startsWith('__')) noteMalformed(source, { id, key, value, span });
  }
  for (const [state, parts] of dotted) body.set(state, parts);
}

interface MalformedState {
  readonly id: string;
  readonly key: string;
  readonly value: Value;
  readonly span: SourceSpan | undefined;
}

function noteMalformed(source: DeclarationSource, { id, key, value, span }: MalformedState): void {
  if (value === null) {
    const summary = `ID '${id}' in SLS '${source.sls}' contains a short declaration (${key}) with a trailing colon. When not passing any arguments to a state, the colon must be omitted.`;
    source.problems.push(errorAt(span, 'state-shape', summary));
    return;
  }
  if (Array.isArray(value)) {
    const summary = `ID '${id}' in SLS '${source.sls}' has the state '${key}', which begins with an underscore`;
    source.problems.push(errorAt(span, 'state-shape', summary));
    return;
  }
  const summary = `State '${id}' in SLS '${source.sls}' is not formed as a list`;
  const help = `write the arguments of ${key} as a list: each on its own line after a dash`;
  source.problems.push(errorAt(span, 'state-shape', summary, help));
}

function copyParts(parts: Value[], span: SourceSpan | undefined, source: DeclarationSource): Value[] {
  const copy = [...parts];
  source.origins.note(copy, span);
  for (const [index, part] of parts.entries()) {
    if (!isDict(part)) continue;
    const first = part.keys().next();
    const at = first.done === true ? undefined : source.positionOf(part, first.value);
    source.origins.note(part, at ?? source.positionOf(parts, index));
  }
  return copy;
}

function splitFunction(name: string): [state: string, fun: string] {
  const dot = name.indexOf('.');
  return dot === -1 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
}
