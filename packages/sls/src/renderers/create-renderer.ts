import { AppError, closestName, type Problem } from '@brine/common';
import type { TemplateEngine } from '../template-thread/template-engine.ts';
import { parsePipeline, readRendererLine, type PipelineStage } from './pipeline.ts';
import { explainRenderError } from './render-error.ts';
import { renderJinja } from './render-jinja.ts';
import { renderJson } from './render-json.ts';
import { renderYaml } from './render-yaml.ts';
import { renderYamlex } from './render-yamlex.ts';
import type { InjectedRenderer, RenderedData, Renderer, RenderSource } from './renderer.ts';
import { renderStateconf } from './stateconf/render-stateconf.ts';
import type { StageData, StageRenderer, StageRequest } from './stage.ts';

/** What renderers work with. */
export interface RendererOptions {
  readonly templates: TemplateEngine;
  /** The `renderer` of the configuration: what files without a renderer line go through; `jinja|yaml` unless given. */
  readonly defaultPipeline?: string;
  /** Further renderers by name, such as `gpg`. */
  readonly extra?: ReadonlyMap<string, InjectedRenderer>;
  /** Renderers that are left out (`renderer_blacklist`). */
  readonly blacklist?: readonly string[];
  /** When not empty, the only renderers that are not left out (`renderer_whitelist`). */
  readonly whitelist?: readonly string[];
}

const builtIn: ReadonlyMap<string, StageRenderer> = new Map<string, StageRenderer>([
  ['jinja', renderJinja],
  ['yaml', renderYaml],
  ['yamlex', renderYamlex],
  ['json', renderJson],
  ['stateconf', renderStateconf],
  ['text', (input) => Promise.resolve(input)],
]);

// Renderers that Salt 3006 has and a tree may rely on: leaving such a file empty would hide it.
const unsupported: ReadonlySet<string> = new Set(
  'aws_kms cheetah dson genshi gpg hjson json5 mako msgpack nacl pass py pydsl pyobjects toml wempy'.split(' '),
);

/** Renders files through pipelines of renderers. */
export function createRenderer(options: RendererOptions): Renderer {
  const { templates, defaultPipeline = 'jinja|yaml', extra } = options;
  const renderers = new Map<string, StageRenderer>(builtIn);
  for (const [name, render] of extra ?? []) renderers.set(name, adaptInjected(render));
  const aggregates = new WeakSet<object>();

  return {
    aggregates,
    async render(source, context) {
      const warnings: Problem[] = [];
      const warn = (problem: Problem): number => warnings.push(problem);
      const pipeline = readRendererLine(source.text) ?? source.pipeline ?? defaultPipeline;
      const { blacklist = options.blacklist, whitelist = options.whitelist } = source;
      const stages = allowedStages(parsePipeline(pipeline), { blacklist, whitelist }, source, warn);
      if (source.text.trim() === '' || stages.length === 0) return toRenderedData({ value: new Map() }, warnings);
      const unknown = stages.find(({ name }) => !renderers.has(name));
      if (unknown !== undefined) {
        warn(unknownRenderer(unknown.name, source, renderers.keys()));
        return toRenderedData({ value: new Map() }, warnings);
      }
      const base = { source, context, templates, aggregates, warn };
      return toRenderedData(await runStages(stages, renderers, base), warnings);
    },
  };
}

function adaptInjected(render: InjectedRenderer): StageRenderer {
  return async (input, { argument, source, context }) => {
    // A renderer that works in place keeps the positions; the origins of a text's lines hold for that text only.
    const positions = input.positionOf === undefined ? {} : { positionOf: input.positionOf };
    return { value: await render(input.value, { argument, source, context, ...positions }), ...positions };
  };
}

async function runStages(
  stages: readonly PipelineStage[],
  renderers: ReadonlyMap<string, StageRenderer>,
  base: Omit<StageRequest, 'name' | 'argument'>,
): Promise<StageData> {
  const { file, text } = base.source;
  let data: StageData = { value: text };
  try {
    for (const stage of stages) {
      const render = renderers.get(stage.name);
      if (render !== undefined) data = await render(data, { ...base, ...stage });
    }
  } catch (error) {
    const rendered = data.rendered === undefined ? {} : { rendered: data.rendered };
    throw explainRenderError(error, { file, text, ...rendered });
  }
  return keepLineBreaks(data, text);
}

/** A text rendered from one with Windows line breaks has them too. */
function keepLineBreaks(data: StageData, text: string): StageData {
  const { value } = data;
  if (typeof value !== 'string' || !text.includes('\r\n') || value.includes('\r\n')) return data;
  return { ...data, value: value.replaceAll('\n', '\r\n') };
}

function toRenderedData(data: StageData, warnings: readonly Problem[]): RenderedData {
  return {
    value: data.value,
    positionOf: (container, key) => data.positionOf?.(container, key),
    warnings,
  };
}

function allowedStages(
  stages: readonly PipelineStage[],
  { blacklist = [], whitelist = [] }: { [List in 'blacklist' | 'whitelist']: readonly string[] | undefined },
  source: RenderSource,
  warn: (problem: Problem) => void,
): PipelineStage[] {
  return stages.filter(({ name }) => {
    const isAllowed = !blacklist.includes(name) && (whitelist.length === 0 || whitelist.includes(name));
    if (!isAllowed) warn(skippedRenderer(name, source));
    return isAllowed;
  });
}

function skippedRenderer(name: string, { file }: RenderSource): Problem {
  return {
    severity: 'warning',
    code: 'renderer-skipped',
    summary: `the renderer ${name} of ${file} is disallowed by the configuration and was left out`,
    span: { file, line: 1 },
  };
}

function unknownRenderer(name: string, { file }: RenderSource, known: Iterable<string>): Problem {
  if (unsupported.has(name)) {
    const summary = `the renderer ${name}, which ${file} asks for, is not available in Brine`;
    const problem = { severity: 'error', code: 'renderer-unsupported', summary, span: { file, line: 1 } } as const;
    throw new AppError({ code: 'renderer-unsupported', message: summary, problems: [problem] });
  }
  const near = closestName(name, known);
  return {
    severity: 'warning',
    code: 'renderer-unknown',
    summary: `the renderer ${name}, which ${file} asks for, does not exist: the file gives nothing`,
    ...(near === undefined ? {} : { help: `did you mean ${near}?` }),
    span: { file, line: 1 },
  };
}
