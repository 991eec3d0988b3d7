import { loadConfig } from '@brine/common/schemas';
import { createLogger } from '@brine/daemon';
import { decodeReactionRequest, encodeReactions } from './reaction-codec.ts';
import { createReactionCompiler } from './reaction-compiler.ts';

/** The program of a worker for reactions: `node worker-process.js CONFIG_DIRECTORY`, asked over its IPC channel. */
const [configDirectory] = process.argv.slice(2);
const { config } = loadConfig('master', configDirectory === undefined ? {} : { configDir: configDirectory });
const logger = createLogger([{ level: config.log_level, to: 'stderr' }]).child({ component: 'reactor-worker' });
const compiler = createReactionCompiler(config, logger);

process.on('message', (message: { readonly body: Uint8Array }) => {
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
