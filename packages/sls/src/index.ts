export { slsErrors, type SlsErrorCode } from './errors.ts';
export type { StateFiles, TreeText } from './file-roots/state-files.ts';
export { systemTreeDisk } from './file-roots/system-tree-disk.ts';
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


  TemplateEngine,
  TemplatePorts,
  TemplateRequest,
} from './template-thread/template-engine.ts';
export type { TopResult } from './top/top-result.ts';
export type { CompiledStates } from './compile/compile-result.ts';
export { stepTag, type Step } from './compile/step.ts';
export type { StateLockAnswer, StateLockHolder, StateLockPort, StateLockRequest } from './requests/state-lock.ts';
export type {
  PillarAnswer,
  PillarRequest,
  StateAnswer,
  StateRequest,
  StateRequestKind,
  StateRunPorts,
  StateRuns,
} from './requests/state-runs.ts';
export type { ConditionPort, ShellOptions, ShellResult } from './run/condition-port.ts';
export type { RunEvents, RunJournal, RunProgress, StepGate } from './run/run-ports.ts';
export type {
  BoundChange,
  BoundOutcome,
  FiringStep,
  StateDescription,
  StateLibrary,
  StepContext,
} from './run/state-library.ts';
