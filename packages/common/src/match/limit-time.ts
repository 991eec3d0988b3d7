import { createContext, Script } from 'node:vm';
import { AppError } from '../app-error.ts';

/**
 * Does some work that users can make long, such as matching their regular expressions, and stops it after so many
 * milliseconds. Throws `regex-too-slow` then; the work must have changed nothing that matters.
 */
export function limitTime<Result>(milliseconds: number, work: () => Result): Result {
  // The clock that V8 stops a script by also stops what the script calls, regular expressions included.
  const script = new Script('work()');
  try {
    return script.runInContext(createContext({ work }), { timeout: milliseconds }) as Result;
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new AppError({
      code: 'regex-too-slow',
      message: `matching took longer than ${milliseconds} ms: a regular expression of the target needs too many tries`,
      exitCode: 2,
    });
  }
}
