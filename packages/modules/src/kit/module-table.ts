import type { FunctionDeclaration } from './define-function.ts';
import type { StateDeclaration } from './define-state.ts';

/** What is built in: name → loader. A file is read only when its function is first used. */
export interface ModuleTable {
  readonly states: Readonly<Record<string, () => Promise<StateDeclaration>>>;
  readonly functions: Readonly<Record<string, () => Promise<FunctionDeclaration>>>;
}
