import type { Dict, Problem, SourceSpan, Value } from '@brine/common';
import type { TemplatePorts } from '../template-thread/template-engine.ts';

/** A file to render. */
export interface RenderSource {
  /** How users know the file: relative to its root. */
  readonly file: string;
  readonly text: string;
  readonly saltenv: string;
  /** Dotted name of the state or pillar file; absent for other templates. */
  readonly sls?: string;
  /** Where the file lies on disk, which templates see as `tplpath`; the file as users know it when absent. */
  readonly absolutePath?: string;
  /** Renderers for a file without a renderer line, instead of the configured ones. */
  readonly pipeline?: string;
  /** Renderers that are left out, instead of the configured ones. */
  readonly blacklist?: readonly string[];
  /** When not empty, the only renderers that are not left out, instead of the configured ones. */
  readonly whitelist?: readonly string[];
}

/** What files see while they render. */
export interface RenderContext {
  readonly grains: Dict;
  readonly pillar: Dict;
  /** The configuration, which templates see as `opts`. */
  readonly options: Dict;
  /** Further variables; they win over everything else. */
  readonly variables?: Dict;
  /** Ports that serve the templates of this file instead of the engine's. */
  readonly ports?: Partial<TemplatePorts>;
}

/** What a file renders to. */
export interface RenderedData {
  readonly value: Value;
  /** Where a member of a dict or list was written, when that is known. */
  readonly positionOf: (container: Dict | Value[], key: Value) => SourceSpan | undefined;
  readonly warnings: readonly Problem[];
}

/** Renders files through the renderers that their first line or the configuration names. */
export interface Renderer {
  /** The lists and dicts that files marked `!aggregate`, for the aggregate merge strategy. */
  readonly aggregates?: WeakSet<object>;
  /**
   * Throws AppErrors whose problems name file, line and column. An unknown renderer gives an empty dict and a
   * warning, as in Salt; one of Salt's that Brine lacks is refused (`renderer-unsupported`).
   */
  render(source: RenderSource, context: RenderContext): Promise<RenderedData>;
}

/** A renderer handed in by name: gets what the renderer before it gave, answers its own result. */
export type InjectedRenderer = (input: Value, request: InjectedRendererRequest) => Promise<Value>;

/** What an injected renderer knows about the file. */
export interface InjectedRendererRequest {
  /** What follows the renderer's name in the renderer line. */
  readonly argument: string;
  readonly source: RenderSource;
  readonly context: RenderContext;
  /** Where a member of the input was written, when that is known. */
  readonly positionOf?: (container: Dict | Value[], key: Value) => SourceSpan | undefined;
}
