import { loadConfig } from '@brine/common/schemas';
import { createLogger } from '@brine/daemon';
import { endFamily } from '@brine/minion';
import { createOrchestrationWorker } from './orchestration-worker.ts';
import type { FromWorker, ToWorker } from './worker-messages.ts';

/** The program of an orchestration: `node worker-process.js CONFIG_DIRECTORY`, told what to do over its IPC channel. */
const [configDirectory] = process.argv.slice(2);
const { config, configDir } = loadConfig('master', configDirectory === undefined ? {} : { configDir: configDirectory });
const log = createLogger([{ level: config.log_level, to: 'stderr' }]).child({ component: 'orchestration' });
const send = (message: FromWorker): void => {
  if (process.connected) process.send?.(message, () => {});
};
const worker = createOrchestrationWorker({ config, configDirectory: configDir, log, send });

process.on('message', (message) => worker.receive(message as ToWorker));
// Signals to the terminal of the master are its own business.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
// Without its master nobody writes down what it does: what it started must not go on unseen.
process.on('disconnect', () => void endFamily(process.pid));
