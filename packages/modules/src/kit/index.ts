export {
  absolutePath,
  accountName,
  anyValue,
  argument,
  commaList,
  dict,
  dictOrList,
  either,
  fileMode,
  fileModeOrKeep,
  flag,
  formatMode,
  givenValue,
  integer,
  integerList,
  lineText,
  nullableValue,
  number,
  oneOf,
  operand,
  optional,
  text,
  textList,
  unsupported,
  valueList,
  withDefault,
  type Argument,
} from './arguments.ts';
export { bindFunctionArguments, secretsOfCall, type CallSignature } from './bind-function-arguments.ts';
export {
  bindStateArguments,
  findArgumentFaults,
  findDoubts,
  type BoundStateArguments,
  type StateArgumentFault,
} from './bind-state-arguments.ts';
export { hideSecretArguments } from './hide-secret-arguments.ts';
export { secret, secretArguments, secretKindOf, secretTexts, type SecretKind } from './secret-arguments.ts';
export type {
  ArgumentDescription,
  Catalogue,
  ExpectedDigest,
  FetchWish,
  FetchedFile,
  FileServer,
  FunctionContext,
  GrainsSource,
  BusEvent,
  CompanionsPort,
  EventsPort,
  JobsPort,
  MasterPort,
  MinionEnd,
  ModuleContext,
  ModuleDescription,
  PillarSource,
  PipelineRequest,
  RenderRequest,
  StateContext,
  StepIdentity,
} from './context.ts';
export type {
  EventsSeen,
  EventWish,
  MasterFunctionAnswer,
  MasterFunctionCall,
  MinionAnswer,
  MinionsAnswer,
  MinionsCall,
  OrchestrationPort,
} from './orchestration.ts';
export { describeArguments } from './describe-arguments.ts';
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
  ShellLine,
  WritableFiles,
} from './host.ts';
export { canConceal } from './host.ts';
export type { InterfaceAddress, KernelIdentity, Machine, NetworkInterface } from './machine.ts';
export type { ModuleTable } from './module-table.ts';
