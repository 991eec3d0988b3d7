import type { Dict, Value } from '@brine/common';

/** How conditions (`unless`, `onlyif`, `creates`, `check_cmd`) and slots reach the machine. */
export interface ConditionPort {
  /** Runs one line in a shell; rejects only when no shell could be started. */
  shell(line: string, options: ShellOptions): Promise<ShellResult>;
  /** Calls an execution function. */
  call(name: string, positional: readonly Value[], keyword: Dict): Promise<Value>;
  /** Whether there is an execution function of this name. */
  has(name: string): boolean;
  pathExists(path: string): Promise<boolean>;
}

/** What a step's arguments say about the shell that its conditions run in. */
export interface ShellOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: ReadonlyMap<string, string>;
  /** The user to run as. */
  readonly runas?: string;
  readonly group?: string;
  /** Path of the shell. */
  readonly shell?: string;
  readonly umask?: number;
  /** Seconds. */
  readonly timeout?: number;
  /** Folder to change the root to first. */
  readonly root?: string;
  /** Put before `PATH`. */
  readonly prependPath?: string;
  readonly signal?: AbortSignal;
}

/** How a shell line ended. */
export interface ShellResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
