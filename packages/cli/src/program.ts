import { formatProblems, isAppError } from '@brine/common/launch';
import { usageExitCode } from './errors.ts';

/**
 * Runs a program and turns what it throws into a short message on standard error and an exit status: that of the
 * error, 64 for a command line that cannot be understood. A stack trace is printed for those alone who ask for it with
 * `--hard-crash` among the words.
 */
export async function runProgram(name: string, words: readonly string[], work: () => Promise<number>): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `salt … | head` closes the pipe early; that is no failure of ours.
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  try {
    return await work();
  } catch (error) {
    const usage = usageExit(error);
    if (usage !== undefined) return usage;
    process.stderr.write(`${name}: ${describeError(error)}\n`);
    if (words.includes('--hard-crash') && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    return isAppError(error) ? error.exitCode : 1;
  }
}

/** What a person is told of an error. */
export function describeError(error: unknown): string {
  if (!isAppError(error)) return error instanceof Error ? error.message : String(error);
  // A problem whose text is the message adds its place, if it has one, and nothing else.
  const further = error.problems.filter(({ summary, span }) => summary !== error.message || span !== undefined);
  const extra = further.length === 0 ? '' : `\n${formatProblems(further)}`;
  return error.message.includes('\n') ? error.message : `${error.message}${extra}`;
}

/** commander has said what it has to say; help and version are no failures. */
function usageExit(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const { code } = error as { code: unknown };
  if (typeof code !== 'string' || !code.startsWith('commander.')) return undefined;
  return (error as unknown as { exitCode: number }).exitCode === 0 ? 0 : usageExitCode;
}
