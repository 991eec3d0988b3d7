import { AppError } from '../app-error.ts';

/** What is asked of a command's options here; the options of commander fit. */
export interface CommandOptions {
  readonly options: readonly CommandOption[];
}

/** One option as commander describes it. */
export interface CommandOption {
  /** As it was declared: `-c, --config-dir <dir>`. */
  readonly flags: string;
  readonly short?: string | undefined;
  /** Whether it takes a value. */
  readonly required: boolean;
}

/** The flags of an option: `--out, --output <name>` has two, of which commander knows the one and the other's letter. */
export function flagsOf({ flags }: CommandOption): readonly string[] {
  return flags.split(/[ ,]+/).filter((flag) => flag.startsWith('-'));
}

/** A command line that cannot be understood. */
export function usageError(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'usage', message, exitCode: 64, cause });
}
