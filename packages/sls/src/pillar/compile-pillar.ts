import { copyValue, formatProblem, type Dict, type Problem } from '@brine/common';
import type { StateFiles } from '../file-roots/state-files.ts';
import { createSlsCatalogue } from '../high/sls-catalogue.ts';
import type { RenderContext, Renderer } from '../renderers/renderer.ts';
import type { TemplatePorts } from '../template-thread/template-engine.ts';
import { compileTop } from '../top/compile-top.ts';
import { textSetting } from '../top/top-input.ts';
import type { CompiledPillar } from './compiled-pillar.ts';
import { decryptPillar, type PillarDecrypter } from './decrypt-pillar.ts';
import { discreetProblem } from './discreet-problem.ts';
import type { ExternalPillar } from './external-pillar.ts';
import { addExternalPillars } from './external-pillars.ts';
import { createPillarMerge, type PillarMerge } from './merge-pillar.ts';
import { originsOfPath } from './pillar-layer.ts';
import { renderPillar, type PillarParts } from './render-pillar.ts';

/** What a pillar is compiled from. */
export interface CompilePillarInput {
  readonly minionId: string;
  readonly grains: Dict;
  /** The configuration of the master, or of a masterless minion; templates see it as `opts`. */
  readonly options: Dict;
  /** The tree over `pillar_roots`. */
  readonly files: StateFiles;
  readonly renderer: Renderer;
  /** The pillar that templates and targets see meanwhile; empty unless given. */
  readonly pillar?: Dict;
  /** Compiles this environment alone; the configured `pillarenv` unless given. */
  readonly pillarenv?: string;
  /** The environment of the states. */
  readonly saltenv?: string;
  /** Values that win over everything (`pillar=`). */
  readonly override?: Dict;
  /** The kinds of external pillar there are. */
  readonly external?: readonly ExternalPillar[];
  /** What `decrypt_pillar` decrypts with, by renderer name. */
  readonly decrypters?: ReadonlyMap<string, PillarDecrypter>;
  /** Has the calls of templates see the pillar that the templates see, instead of those of `ports`. */
  readonly callOver?: (pillar: Dict) => TemplatePorts['call'];
  /** Ports for the templates: at least `readTemplate` over `files`, unless the renderer's engine reads them anyway. */
  readonly ports?: Partial<TemplatePorts>;
}

interface Compilation {
  readonly input: CompilePillarInput;
  readonly merge: PillarMerge;
  readonly report: (problem: Problem) => void;
}

/** The environment that `__env__` of `pillar_roots` stands for, unless it has folders of its own. */
export function dynamicPillarEnvironment(
  options: Dict,
  { pillarenv, saltenv }: { readonly pillarenv?: string | undefined; readonly saltenv?: string | undefined },
): string {
  const follows = options.get('pillarenv_from_saltenv') === true ? saltenv : undefined;
  const named = pillarenv ?? follows ?? textSetting(options, 'pillarenv', '');
  return named === '' ? (saltenv ?? textSetting(options, 'saltenv', 'base')) : named;
}

/**
 * Compiles the pillar of one minion: top files, SLS files with their includes, external pillars, decryption. With an
 * error among `problems` the pillar is incomplete: it has `_errors`, as Salt shows it, and must not be worked with.
 */
export async function compilePillar(input: CompilePillarInput): Promise<CompiledPillar> {
  const { options, override = new Map() } = input;
  const problems: Problem[] = [];
  const report = (problem: Problem): number => problems.push(problem);
  const merge = createPillarMerge(options, input.renderer.aggregates ?? new WeakSet(), report);
  const parts = await compileParts({ input, merge, report });
  // The parts stay as they are, to tell where values come from: what follows works on a copy.
  let pillar = copyValue(parts.pillar);
  if (options.get('pillar_opts') === true) pillar.set('master', optionsForPillar(options));
  // What a masterless call compiled before stays, unless `ssh_merge_pillar` is false.
  if (isMergedOver(input)) pillar = merge(input.pillar ?? new Map(), pillar);
  if (override.size > 0) pillar = merge(pillar, override);
  await decryptPillar(pillar, options, { decrypters: input.decrypters ?? new Map(), report });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) pillar.set('_errors', pillarErrorTexts(errors, options));
  return { pillar, problems, originsOf: (path) => originsOfPath(parts.layers, path) };
}

function isMergedOver({ options, pillar = new Map() }: CompilePillarInput): boolean {
  return pillar.size > 0 && options.get('ssh_merge_pillar') !== false;
}

async function compileParts(compilation: Compilation): Promise<PillarParts> {
  const { input, merge, report } = compilation;
  const { minionId, grains, options, external = [], override = new Map() } = input;
  const asked = {
    ...{ minionId, grains, options: withEnvironments(input), external, merge, report },
    compileFiles: async (files: StateFiles, saltenv: string) => compileTree(compilation, files, saltenv),
  };
  const visible = input.pillar ?? new Map();
  if (options.get('ext_pillar_first') !== true) {
    const files = await compileFiles(compilation, visible);
    // The override is there for external pillars to see; it is merged once more at the end, to win.
    const before = override.size === 0 ? files.pillar : merge(files.pillar, override);
    return joinParts(files, await addExternalPillars(before, asked));
  }
  const sources = await addExternalPillars(override, asked);
  const files = await compileFiles(compilation, sources.pillar);
  return joinParts(sources, { pillar: merge(sources.pillar, files.pillar), layers: files.layers });
}

/** The files of another tree than that of `pillar_roots`, which see no pillar yet. */
async function compileTree(compilation: Compilation, files: StateFiles, saltenv: string): Promise<PillarParts> {
  const ports = { ...compilation.input.ports, readTemplate: files.readText.bind(files) };
  const input = { ...compilation.input, files, ports, saltenv, override: new Map() };
  return compileFiles({ ...compilation, input }, new Map());
}

function joinParts(earlier: PillarParts, later: PillarParts): PillarParts {
  return { pillar: later.pillar, layers: [...earlier.layers, ...later.layers] };
}

async function compileFiles({ input, merge, report }: Compilation, pillar: Dict): Promise<PillarParts> {
  const { minionId, grains, files, renderer, saltenv, override = new Map() } = input;
  const ports = portsOver(pillar, input);
  const context: RenderContext = {
    grains,
    pillar,
    options: withEnvironments(input),
    ...(ports === undefined ? {} : { ports }),
  };
  const environment = pillarEnvironment(input);
  const top = await compileTop({
    kind: 'pillar',
    files,
    renderer,
    context,
    minionId,
    ...(environment === undefined ? {} : { environment }),
    ...(saltenv === undefined ? {} : { saltenv }),
  });
  for (const problem of top.problems) report(problem);
  const catalogue = createSlsCatalogue(files);
  const includesOverride = input.options.get('pillar_includes_override_sls') === true;
  return renderPillar(override, { catalogue, renderer, context, merge, includesOverride, top, report });
}

function portsOver(pillar: Dict, { ports, callOver }: CompilePillarInput): Partial<TemplatePorts> | undefined {
  return callOver === undefined ? ports : { ...ports, call: callOver(pillar) };
}

function pillarEnvironment({ pillarenv, saltenv, options }: CompilePillarInput): string | undefined {
  if (pillarenv !== undefined) return pillarenv;
  if (options.get('pillarenv_from_saltenv') === true && saltenv !== undefined) return saltenv;
  const configured = textSetting(options, 'pillarenv', '');
  return configured === '' ? undefined : configured;
}

function withEnvironments(input: CompilePillarInput): Dict {
  const { options, saltenv } = input;
  return new Map([
    ...options,
    ['pillarenv', pillarEnvironment(input) ?? options.get('pillarenv') ?? null],
    ['saltenv', saltenv ?? options.get('saltenv') ?? null],
  ]);
}

function optionsForPillar(options: Dict): Dict {
  const shown = copyValue(options);
  shown.delete('grains');
  return shown;
}

function pillarErrorTexts(errors: readonly Problem[], options: Dict): string[] {
  const isLocal = options.get('file_client') === 'local';
  const isSafe = !isLocal && options.get('pillar_safe_render_error') !== false;
  const texts = errors.map((problem) => {
    if (!isSafe) return formatProblem(problem);
    const told = discreetProblem(problem);
    return told.summary === problem.summary ? formatProblem(problem) : told.summary;
  });
  return [...new Set(texts)];
}
