import {
  equalValues,
  isAppError,
  isDict,
  pythonStr,
  type Dict,
  type Problem,
  type SourceSpan,
  type Value,
} from '@brine/common';
import type { RenderedData } from '../renderers/renderer.ts';
import { statesOf, textOf, type DeclaredState } from './declared-states.ts';
import { errorAt } from './error-at.ts';
import type { HighLoader } from './high-loader.ts';
import { normalizeDeclarations, type DeclarationSource } from './normalize-declarations.ts';
import { resolveInclude } from './resolve-include.ts';

/** A file to read, and the files on the way to it. */
export interface SlsReference {
  readonly sls: string;
  readonly saltenv: string;
  /** `env:sls` of the including files, outermost first. */
  readonly includedBy: readonly string[];
  /** Where the innermost include is written. */
  readonly span?: SourceSpan;
}

const deepestInclude = 200;

/**
 * Reads one file and what it includes; its own ids come first, as in Salt, while the automatic order counts the
 * included ones first. `undefined` when the file is missing or does not render; the problems say so.
 */
export async function loadSls(loader: HighLoader, reference: SlsReference): Promise<Dict | undefined> {
  const rendered = await render(loader, reference);
  if (rendered === undefined || rendered.data.value === null) return undefined;
  const { sls, saltenv } = reference;
  const { value } = rendered.data;
  if (!isDict(value)) {
    if (isEmpty(value)) return undefined;
    const span: SourceSpan = { file: rendered.file, line: 1 };
    loader.problems.push(errorAt(span, 'sls-shape', `SLS ${sls} does not render to a dictionary`));
    return undefined;
  }
  const source: DeclarationSource = {
    sls,
    saltenv,
    isNamed: true,
    positionOf: (container, key) => rendered.data.positionOf(container, key),
    origins: loader.origins,
    problems: loader.problems,
  };
  const states = takeDeclarations(value, source);
  await addIncluded(states, { loader, reference, value, rendered });
  if (loader.autoOrder) numberStates(states, loader);
  return states;
}

/** Puts the states of one file into those of others; an id that is there already is a conflict. */
export function mergeSls(into: Dict, states: Dict, loader: Pick<HighLoader, 'origins' | 'problems'>): void {
  for (const [key, value] of states) {
    const present = into.get(key);
    if ((key === '__extend__' || key === '__exclude__') && Array.isArray(value)) {
      into.set(key, [...(Array.isArray(present) ? present : []), ...value]);
      continue;
    }
    if (isDict(present) && isDict(value) && !equalValues(present, value)) {
      loader.problems.push(conflict(pythonStr(key), [present, value], loader));
    }
    into.set(key, value);
  }
}

function conflict(id: string, [first, second]: [Dict, Dict], { origins }: Pick<HighLoader, 'origins'>): Problem {
  const name = (body: Dict): string => `'${textOf(body, '__env__') ?? ''}:${textOf(body, '__sls__') ?? ''}'`;
  const summary = `Detected conflicting IDs, SLS IDs need to be globally unique. The conflicting ID is '${id}' and is found in SLS ${name(first)} and SLS ${name(second)}`;
  const problem = errorAt(origins.spanOf(second), 'id-conflict', summary, 'rename one of them');
  const other = origins.spanOf(first);
  return other === undefined ? problem : { ...problem, stack: [{ ...other, what: 'the first declaration' }] };
}

interface RenderedSls {
  readonly data: RenderedData;
  readonly file: string;
  readonly isInit: boolean;
}

async function render(loader: HighLoader, reference: SlsReference): Promise<RenderedSls | undefined> {
  const { sls, saltenv, includedBy } = reference;
  if (includedBy.length > deepestInclude) {
    const summary = `SLS '${saltenv}:${sls}' is included more than ${deepestInclude} files deep`;
    loader.problems.push(errorAt(reference.span, 'include-too-deep', summary));
    return undefined;
  }
  loader.seen.add(`${saltenv}:${sls}`);
  try {
    const found = await loader.catalogue.read(sls, saltenv);
    if (found === undefined) {
      loader.problems.push(await missing(loader, reference));
      return undefined;
    }
    loader.origins.noteText(found.file, found.text);
    const { isInit, ...text } = found;
    const source = { ...text, saltenv, sls };
    const data = await loader.renderer.render(source, loader.context);
    loader.problems.push(...data.warnings);
    return { data, file: found.file, isInit };
  } catch (error) {
    loader.problems.push(...renderProblems(error, reference));
    return undefined;
  }
}

async function missing(loader: HighLoader, { sls, saltenv, includedBy, span }: SlsReference): Promise<Problem> {
  const likely = await loader.catalogue.closest(sls, saltenv);
  const help = likely === undefined ? undefined : `did you mean '${likely}'?`;
  const includer = includedBy.at(-1);
  const summary =
    includer === undefined
      ? `No matching sls found for '${sls}' in env '${saltenv}'`
      : `Specified SLS ${sls} in saltenv ${saltenv}, included by '${includer}', is not available in the file roots`;
  return errorAt(span, 'sls-missing', summary, help);
}

/** What a failed render becomes: its own problems, each led by what did not render and naming its line. */
export function renderProblems(error: unknown, { sls, saltenv }: Pick<SlsReference, 'sls' | 'saltenv'>): Problem[] {
  if (!isAppError(error)) throw error;
  const lead = `Rendering SLS '${saltenv}:${sls}' failed: `;
  const found = error.problems.filter((problem) => problem.severity === 'error');
  if (found.length === 0) return [errorAt(undefined, 'sls-render', lead + error.message)];
  // The message's first line says the first of them in the words that Salt's users search for.
  const [told = ''] = error.message.split('\n', 1);
  return found.map((problem, index) => {
    const line = problem.span === undefined ? '' : `; line ${problem.span.line}`;
    const own = index === 0 && told.includes(problem.summary) ? told : problem.summary;
    return { ...problem, summary: lead + own + (own.includes(line) ? '' : line) };
  });
}

// Salt takes whatever is false for nothing: an empty list, an empty text.
function isEmpty(value: Value): boolean {
  return value === false || value === '' || value === 0 || (Array.isArray(value) && value.length === 0);
}

function takeDeclarations(value: Dict, source: DeclarationSource): Dict {
  const own: Dict = new Map([...value].filter(([key]) => key !== 'include' && key !== 'extend' && key !== 'exclude'));
  const states = normalizeDeclarations(own, {
    ...source,
    positionOf: (container, key) => source.positionOf(container === own ? value : container, key),
  });
  const extend = value.get('extend');
  if (extend !== undefined) takeExtend(states, extend, { source, span: source.positionOf(value, 'extend') });
  const exclude = value.get('exclude');
  if (Array.isArray(exclude)) states.set('__exclude__', [...exclude]);
  else if (exclude !== undefined) {
    const summary = `Exclude Declaration in SLS ${source.sls} is not formed as a list`;
    source.problems.push(errorAt(source.positionOf(value, 'exclude'), 'exclude-shape', summary));
  }
  return states;
}

interface ExtendPlace {
  readonly source: DeclarationSource;
  readonly span: SourceSpan | undefined;
}

function takeExtend(states: Dict, extend: Value, { source, span }: ExtendPlace): void {
  if (!isDict(extend)) {
    const summary = `Extension value in SLS '${source.sls}' is not a dictionary`;
    source.problems.push(errorAt(span, 'extend-shape', summary));
    return;
  }
  const bodies: Dict = new Map();
  for (const [id, body] of extend) {
    if (isDict(body)) bodies.set(id, body);
    else {
      const summary = `Extension name '${pythonStr(id)}' in SLS '${source.sls}' is not a dictionary`;
      source.problems.push(errorAt(source.positionOf(extend, id), 'extend-shape', summary));
    }
  }
  const positionOf: DeclarationSource['positionOf'] = (container, key) =>
    source.positionOf(container === bodies ? extend : container, key);
  states.set('__extend__', [normalizeDeclarations(bodies, { ...source, positionOf })]);
}

interface Including {
  readonly loader: HighLoader;
  readonly reference: SlsReference;
  readonly value: Dict;
  readonly rendered: RenderedSls;
}

async function addIncluded(states: Dict, { loader, reference, value, rendered }: Including): Promise<void> {
  const include = value.get('include');
  if (include === undefined) return;
  if (!Array.isArray(include)) {
    const summary = `Include Declaration in SLS ${reference.sls} is not formed as a list`;
    loader.problems.push(errorAt(rendered.data.positionOf(value, 'include'), 'include-shape', summary));
    return;
  }
  const includedBy = [...reference.includedBy, `${reference.saltenv}:${reference.sls}`];
  for (const [index, entry] of include.entries()) {
    const span = rendered.data.positionOf(include, index) ?? rendered.data.positionOf(value, 'include');
    const resolved = await resolveInclude(entry, { ...reference, isInit: rendered.isInit, loader });
    if ('code' in resolved) {
      loader.problems.push(span === undefined ? resolved : { ...resolved, span });
      continue;
    }
    const to = resolved.names.map((name) => `${resolved.saltenv}:${name}`);
    loader.includes.push({ from: `${reference.saltenv}:${reference.sls}`, to, span });
    for (const sls of resolved.names) {
      if (loader.seen.has(`${resolved.saltenv}:${sls}`)) continue;
      const place = span === undefined ? {} : { span };
      const included = await loadSls(loader, { sls, saltenv: resolved.saltenv, includedBy, ...place });
      if (included !== undefined) mergeSls(states, included, loader);
    }
  }
}

// Ids that are left out are shown, and count.
function* numberedStates(states: Dict): Generator<DeclaredState> {
  for (const [id, body] of states) if (typeof id === 'string' && isDict(body)) yield* statesOf(id, body);
}

function numberStates(states: Dict, loader: HighLoader): void {
  for (const { parts } of numberedStates(states)) {
    if (parts.some((part) => isDict(part) && part.has('order'))) continue;
    parts.push(new Map([['order', loader.nextOrder]]));
    loader.nextOrder += 1;
  }
}
