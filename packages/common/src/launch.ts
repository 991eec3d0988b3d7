// The door for programs that have yet to read their command line: whoever asks for help waits for this alone.
export { AppError, isAppError, type AppErrorInit } from './app-error.ts';
export { formatProblems } from './format-problem.ts';
export { brineVersion, compatibleSaltVersion } from './version.ts';
