export { slsErrors, type SlsErrorCode } from './errors.ts';
export type { StateFiles, TreeText } from './file-roots/state-files.ts';
export type { TreeDisk, TreeStat } from './file-roots/tree-disk.ts';
export type { CompiledPillar } from './pillar/compiled-pillar.ts';
export type { ExternalPillar, ExternalPillarRequest } from './pillar/external-pillar.ts';
export type {
  InjectedRenderer,
  InjectedRendererRequest,
  RenderContext,
  RenderedData,
  Renderer,
  RenderSource,
} from './renderers/renderer.ts';
export type {
  JinjaSettings,
  RenderedText,
  TemplateEngine,
  TemplatePorts,
  TemplateRequest,
} from './template-thread/template-engine.ts';
export type { TopResult } from './top/top-result.ts';
