import type { Problem } from './problem.ts';

/** What an {@link AppError} is built from. */
export interface AppErrorInit {
  /** Stable, catalogued identifier in kebab-case, e.g. `yaml-syntax`; the only thing code may decide on. */
  readonly code: string;
  /** One line for a person: what is wrong, naming the file, key, port or id. */
  readonly message: string;
  /** Structured facts for logs and the API; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The addressed problems behind this error, when there are any. */
  readonly problems?: readonly Problem[];
  readonly cause?: unknown;
  /** The status a command-line program ends with when this error stops it; 1 unless given. */
  readonly exitCode?: number;
}

/** The one error class. Decide on `code`; never on the message, never by `instanceof` across packages. */
export class AppError extends Error {
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];
  readonly exitCode: number;

  constructor(init: AppErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'AppError';
    this.code = init.code;
    this.details = init.details ?? {};
    this.problems = init.problems ?? [];
    this.exitCode = init.exitCode ?? 1;
  }
}

/** Whether a caught value is an {@link AppError} (of any copy of this package), optionally of one code. */
export function isAppError(caught: unknown, code?: string): caught is AppError {
  if (!(caught instanceof Error) || caught.name !== 'AppError') return false;
  return code === undefined || (caught as AppError).code === code;
}
