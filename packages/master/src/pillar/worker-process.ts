import { loadConfig } from '@brine/common/schemas';
import { createLogger, openRedactionKey } from '@brine/daemon';
import { createMasterAsker } from '../orchestration/worker/master-asker.ts';
import { createMasterPort, type WorkerAnswer } from './master-functions.ts';
import { createMinionPillarCompiler } from './minion-pillar.ts';
import { decodePillarRequest, encodePillarAnswer } from './pillar-codec.ts';

/** The program of a pillar worker: `node worker-process.js CONFIG_DIRECTORY`, asked over its IPC channel. */
const [configDirectory] = process.argv.slice(2);
const { config, configDir } = loadConfig('master', configDirectory === undefined ? {} : { configDir: configDirectory });
const logger = createLogger([{ level: config.log_level, to: 'stderr' }]).child({ component: 'pillar-worker' });
const redactionKey = await openRedactionKey(config.pki_dir);
const asker = createMasterAsker((message) => process.send?.(message));
const master = createMasterPort(asker);
const compiler = createMinionPillarCompiler({ config, configDirectory: configDir, logger, redactionKey, master });

process.on('message', (message: WorkerAnswer | { readonly kind?: undefined; readonly body: Uint8Array }) => {
  if (message.kind === 'answer') {
    asker.receive(message);
    return;
  }
  const answer = async (): Promise<void> => {
    process.send?.({ body: encodePillarAnswer(await compiler.compile(decodePillarRequest(message.body))) });
  };
  answer().catch((error: unknown) => {
    logger.error('a pillar request could not be answered', { error });
    process.exit(1);
  });
});
// The master is gone: nobody will ask any more.
process.on('disconnect', () => process.exit(0));
