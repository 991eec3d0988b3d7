export { becomeUser } from './become-user.ts';
export { announceReady, detach, isDetached } from './detach.ts';
export { endSignal, logSurprises } from './end-signal.ts';
export { daemonErrors } from './errors.ts';
export { openIdentity } from './identity-store.ts';
export { claimPidFile, type PidFile } from './pid-file-store.ts';
export { createLogger, type LogTarget } from './pino-logger.ts';
export { openRedactionKey } from './redaction-key-store.ts';
export { readTextFile, replaceFile, syncFolder } from './replace-file-store.ts';
