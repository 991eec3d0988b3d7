export { slsErrors, type SlsErrorCode } from './errors.ts';
export { createFileRoots, type FileRoots, type FileRootsOptions, type FoundFile } from './file-roots/file-roots.ts';
export type { FileManifest, ManifestEntry } from './file-roots/file-manifest.ts';
export { parseSaltUrl, type SaltPath } from './file-roots/salt-url.ts';
export { jinjaSettings, type JinjaSettings } from './context/jinja-settings.ts';
export { templateVariables, type TemplateVariablesInput } from './context/template-variables.ts';
export { createRenderer, type RendererOptions } from './renderers/create-renderer.ts';
export { createInlineTemplateEngine } from './template-thread/inline-template-engine.ts';
export type { SyncTemplatePorts } from './template-thread/sync-template-renderer.ts';
export { createTemplateThread, type TemplateThreadOptions } from './template-thread/template-thread.ts';
export type { StateFiles, TreeText } from './file-roots/state-files.ts';
export { systemTreeDisk } from './file-roots/system-tree-disk.ts';
export type { TreeDisk, TreeStat } from './file-roots/tree-disk.ts';
export { compilePillar, dynamicPillarEnvironment, type CompilePillarInput } from './pillar/compile-pillar.ts';
export { discreetProblem } from './pillar/discreet-problem.ts';
export { pillarVersion } from './pillar/pillar-version.ts';
export type { PillarDecrypter } from './pillar/decrypt-pillar.ts';
export { explainRenderError, type RenderedFile } from './renderers/render-error.ts';
export {
  createDecryptingRenderers,
  type DecryptingRenderers,
  type DecryptionOptions,
} from './renderers/decrypting-renderers.ts';
export type { PlaintextCache } from './renderers/plaintext-cache.ts';
export { compileTop } from './top/compile-top.ts';
export type { TopInput } from './top/top-input.ts';
export type { CompiledPillar } from './pillar/compiled-pillar.ts';
export type { ExternalPillar, ExternalPillarRequest } from './pillar/external-pillar.ts';
export { clearGitLocks, updateGitRemotes, type GitUpdate } from './pillar/sources/git/update-git-remotes.ts';
export { createExternalPillars } from './pillar/sources/create-external-pillars.ts';
export type { ExternalPillarPorts } from './pillar/sources/external-pillar-ports.ts';
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
  TemplateFilesPort,
  TemplatePorts,
  TemplateRequest,
} from './template-thread/template-engine.ts';
export type { TopResult } from './top/top-result.ts';
export type { CompiledStates } from './compile/compile-result.ts';
export { stepTag, type Step } from './compile/step.ts';
export type { RequestStore } from './requests/stored-requests.ts';
export type { StateLockAnswer, StateLockHolder, StateLockPort, StateLockRequest } from './requests/state-lock.ts';
export type { PillarAnswer, PillarRequest, StateRunPorts } from './requests/state-run-ports.ts';
export type { ConditionPort, ShellOptions, ShellResult } from './run/condition-port.ts';
export type {
  EndedStep,
  JournaledRun,
  PinnedRun,
  RunEvents,
  RunJournal,
  RunJournals,
  RunPin,
  RunProgress,
  StepGate,
} from './run/run-ports.ts';
export { managedFile, type ManagedFile } from './run/managed-file.ts';
export type { StepResult } from './run/step-result.ts';
export type {
  ArgumentFault,
  BoundChange,
  BoundOutcome,
  FiringStep,
  StateDescription,
  StateLibrary,
  StepContext,
} from './run/state-library.ts';
export { compileStates, type CompileOptions } from './compile/compile-states.ts';
export { loadHighData, type LoadedHighData } from './high/load-high-data.ts';
export type { HighDataSource } from './high/high-loader.ts';
export { createStateRuns } from './requests/create-state-runs.ts';
export { createPauseGate, type PauseMark, type PauseMarks, type PauseStore } from './run/pause-gate.ts';
export { functionArguments } from './run/function-arguments.ts';
export type { RunOptions } from './run/run-options.ts';
export { runSteps, type StateReturns } from './run/run-steps.ts';
