import { loadConfig } from '@brine/common/schemas';
import { createLogger, openRedactionKey } from '@brine/daemon';
import { createMasterAsker } from '../../orchestration/worker/master-asker.ts';
import { createMasterPort, type WorkerAnswer } from '../../pillar/master-functions.ts';
import { decodeReactionRequest, encodeReactions } from './reaction-codec.ts';
import { createReactionCompiler } from './reaction-compiler.ts';

/** The program of a worker for reactions: `node worker-process.js CONFIG_DIRECTORY`, asked over its IPC channel. */
const [configDirectory] = process.argv.slice(2);
const { config, configDir } = loadConfig('master', configDirectory === undefined ? {} : { configDir: configDirectory });
const logger = createLogger([{ level: config.log_level, to: 'stderr' }]).child({ component: 'reactor-worker' });
const asker = createMasterAsker((message) => process.send?.(message));
const compiler = createReactionCompiler({
  ...{ config, logger },
  configDirectory: configDir,
  master: createMasterPort(asker),
  redactionKey: await openRedactionKey(config.pki_dir),
});

process.on('message', (message: WorkerAnswer | { readonly kind?: undefined; readonly body: Uint8Array }) => {
  if (message.kind === 'answer') {
    asker.receive(message);
    return;
  }
  const answer = async (): Promise<void> => {
    process.send?.({ body: encodeReactions(await compiler.render(decodeReactionRequest(message.body))) });
  };
  answer().catch((error: unknown) => {
    logger.error('an event could not be answered', { error });
    process.exit(1);
  });
});
// The master is gone: nobody will ask any more.
process.on('disconnect', () => process.exit(0));
