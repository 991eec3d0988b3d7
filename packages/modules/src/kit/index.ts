export type {
  ArgumentDescription,
  Catalogue,
  FetchedFile,
  FileServer,
  FunctionContext,
  GrainsSource,
  MasterPort,
  ModuleContext,
  ModuleDescription,
  PillarSource,
  RenderRequest,
  StateContext,
  StateRequestKind,
  StateRuns,
  StepIdentity,
} from './context.ts';
export { defineFunction, type FunctionDeclaration } from './define-function.ts';
export { defineGrain, type GrainContext, type GrainDeclaration } from './define-grain.ts';
export { defineState, fails, isOk, willChange, type StateDeclaration } from './define-state.ts';
export type {
  Account,
  Attributes,
  CommandRequest,
  CommandResult,
  FileStat,
  Group,
  Host,
  ReadableFiles,
  ReadHost,
  WritableFiles,
} from './host.ts';
export type { InterfaceAddress, KernelIdentity, Machine, NetworkInterface } from './machine.ts';
export type { ModuleTable } from './module-table.ts';
