import { isDict, type Dict, type Problem, type SourceSpan, type Value } from '@brine/common';
import type { TreeText } from '../file-roots/state-files.ts';
import type { SlsCatalogue } from '../high/sls-catalogue.ts';
import type { RenderContext, Renderer } from '../renderers/renderer.ts';
import type { TopResult } from '../top/top-result.ts';
import { errorAt, renderProblems } from '../top/top-problem.ts';
import type { PillarMerge } from './merge-pillar.ts';
import { readPillarInclude } from './pillar-include.ts';
import type { PillarLayer } from './pillar-layer.ts';

/** What pillar files are rendered with. */
export interface PillarRendering {
  readonly catalogue: SlsCatalogue;
  readonly renderer: Renderer;
  readonly context: RenderContext;
  readonly merge: PillarMerge;
  /** Whether included data wins over the file that includes it (`pillar_includes_override_sls`). */
  readonly includesOverride: boolean;
  readonly top: TopResult;
  readonly report: (problem: Problem) => void;
}

/** A pillar, and the parts it was merged from in order. */
export interface PillarParts {
  readonly pillar: Dict;
  readonly layers: readonly PillarLayer[];
}

interface Environment extends PillarRendering {
  readonly saltenv: string;
  /** What each SLS of the environment gave when it was rendered last: an include takes it from here. */
  readonly rendered: Map<string, PillarLayer | undefined>;
}

interface SlsRequest {
  readonly sls: string;
  readonly defaults: Dict;
  /** Where the SLS is named. */
  readonly span: SourceSpan | undefined;
}

const nothing: PillarParts = { pillar: new Map(), layers: [] };

/** Renders and merges the files that the top files name, over `base`. */
export async function renderPillar(base: Dict, rendering: PillarRendering): Promise<PillarParts> {
  const layers: PillarLayer[] = [];
  let pillar = base;
  for (const [saltenv, names] of rendering.top.matches) {
    const environment: Environment = { ...rendering, saltenv, rendered: new Map() };
    for (const request of await findFiles(names, environment)) {
      const parts = await renderSls(request, environment);
      pillar = rendering.merge(pillar, parts.pillar);
      layers.push(...parts.layers);
    }
  }
  return { pillar, layers };
}

async function findFiles(names: readonly string[], environment: Environment): Promise<SlsRequest[]> {
  const { catalogue, saltenv, top, report } = environment;
  const requests: SlsRequest[] = [];
  for (const name of names) {
    const span = top.spanOf(saltenv, name);
    if (!(await catalogue.hasEnvironment(saltenv))) {
      report(errorAt('pillar-environment', `No matching pillar environment for environment '${saltenv}' found`, span));
      continue;
    }
    for (const sls of await matching(name, environment)) requests.push({ sls, defaults: new Map(), span });
  }
  return requests;
}

/** The SLS that a name stands for; a glob that matches none stands for itself, which is then missing. */
async function matching(name: string, { catalogue, saltenv }: Environment): Promise<readonly string[]> {
  const names = await catalogue.matching(name, saltenv);
  return names.length === 0 ? [name] : names;
}

async function renderSls(request: SlsRequest, environment: Environment): Promise<PillarParts> {
  const { sls } = request;
  const source = await environment.catalogue.read(sls, environment.saltenv);
  if (source === undefined) {
    await reportMissing(request, environment);
    return nothing;
  }
  const layer = await renderOwn(source, request, environment);
  environment.rendered.set(sls, layer);
  if (layer === undefined) return nothing;
  const include = layer.value.get('include');
  if (include === undefined) return { pillar: layer.value, layers: [layer] };
  const span = layer.positionOf(layer.value, 'include');
  if (!Array.isArray(include)) {
    const summary = `Include Declaration in SLS '${sls}' is not formed as a list`;
    environment.report(errorAt('pillar-include', summary, span));
    return { pillar: layer.value, layers: [layer] };
  }
  layer.value.delete('include');
  const parent = { ...request, isInit: source.isInit, span, layer };
  return mergeIncluded(layer, await renderIncludes(include, parent, environment), environment);
}

function mergeIncluded(own: PillarLayer, included: readonly PillarParts[], environment: Environment): PillarParts {
  const ownParts = { pillar: own.value, layers: [own] };
  const [first = ownParts, ...rest] = environment.includesOverride ? [ownParts, ...included] : [...included, ownParts];
  return rest.reduce(
    (merged, parts) => ({
      pillar: environment.merge(merged.pillar, parts.pillar),
      layers: [...merged.layers, ...parts.layers],
    }),
    first,
  );
}

async function renderOwn(
  { isInit: _isInit, ...source }: TreeText & { readonly isInit: boolean },
  { sls, defaults }: SlsRequest,
  { renderer, context, saltenv, report }: Environment,
): Promise<PillarLayer | undefined> {
  try {
    const { file } = source;
    const data = await renderer.render({ ...source, sls, saltenv }, { ...context, variables: defaults });
    for (const warning of data.warnings) report(warning);
    const { value } = data;
    if (isDict(value)) return { value, prefix: [], positionOf: (container, key) => data.positionOf(container, key) };
    report(errorAt('pillar-shape', `SLS '${sls}' does not render to a dictionary`, { file, line: 1 }));
  } catch (error) {
    for (const problem of renderProblems(error, 'pillar-render', `Rendering SLS '${sls}' failed`)) report(problem);
  }
  return undefined;
}

interface IncludeParent extends SlsRequest {
  readonly isInit: boolean;
  readonly layer: PillarLayer;
}

async function renderIncludes(
  entries: Value[],
  parent: IncludeParent,
  environment: Environment,
): Promise<readonly PillarParts[]> {
  const included: PillarParts[] = [];
  for (const [index, entry] of entries.entries()) {
    const span = parent.layer.positionOf(entries, index) ?? parent.span;
    const include = readPillarInclude(entry, parent);
    if (typeof include === 'string') {
      environment.report(errorAt('pillar-include', `SLS '${parent.sls}': ${include}`, span));
      continue;
    }
    for (const sls of await matching(include.sls, environment)) {
      const request = { sls, defaults: include.defaults ?? parent.defaults, span };
      const parts = environment.rendered.has(sls)
        ? partsOf(environment.rendered.get(sls))
        : await renderSls(request, environment);
      included.push(putUnder(include.key, parts));
    }
  }
  return included;
}

function partsOf(layer: PillarLayer | undefined): PillarParts {
  return layer === undefined ? nothing : { pillar: layer.value, layers: [layer] };
}

function putUnder(key: readonly string[], { pillar, layers }: PillarParts): PillarParts {
  if (key.length === 0 || pillar.size === 0) return { pillar, layers };
  const wrapped = key.reduceRight<Dict>((inner, part) => new Map([[part, inner]]), pillar);
  return { pillar: wrapped, layers: layers.map((layer) => ({ ...layer, prefix: [...key, ...layer.prefix] })) };
}

async function reportMissing({ sls, span }: SlsRequest, environment: Environment): Promise<void> {
  const { saltenv, top, catalogue, report } = environment;
  if (top.ignoredMissing.get(saltenv)?.has(sls) === true) return;
  const closest = await catalogue.closest(sls, saltenv);
  const summary = `Specified SLS '${sls}' in environment '${saltenv}' is not available on the salt master`;
  report(errorAt('pillar-sls-missing', summary, span, closest === undefined ? undefined : `did you mean ${closest}?`));
}
