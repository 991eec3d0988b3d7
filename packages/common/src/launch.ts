// The door for programs that have yet to read their command line: whoever asks for help waits for this alone.
export { AppError, isAppError, type AppErrorInit } from './app-error.ts';
export { prepareWords } from './command-line/prepare-words.ts';
export { logLevels } from './command-line/line-logger.ts';
export { versionsReport } from './command-line/versions-report.ts';
export { saltfileFlags } from './command-line/saltfile.ts';
export { formatProblems } from './format-problem.ts';
export { brineVersion, compatibleSaltVersion } from './version.ts';
