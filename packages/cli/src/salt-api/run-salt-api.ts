import { isDict, readMasterSettings } from '@brine/common';
import { Command } from 'commander';
import { openClient } from '../connection/open-client.ts';
import { cliError } from '../errors.ts';
import { parseWords } from '../options/parse-words.ts';
import { runProgram } from '../program.ts';
import { addVersionOptions } from '../versions.ts';

/**
 * Runs `salt-api`. The HTTP API is a part of the master, so there is nothing to start: this says where it is served, and ends
 * with an error when it is not. So units and scripts that start `salt-api` notice when something is missing.
 */
export async function runSaltApi(words: readonly string[]): Promise<number> {
  return runProgram('salt-api', words, async () => {
    const command = addVersionOptions(createCommand(), 'salt-api');
    await parseWords(command, words);
    const { configDir } = command.opts<{ readonly configDir?: string }>();
    const settings = readMasterSettings(configDir);
    const server = ['rest_cherrypy', 'rest_tornado'].map((key) => settings.values.get(key) ?? null).find(isDict);
    const port = server?.get('port');
    if (typeof port !== 'number') {
      throw cliError('usage', 'no port is set: rest_cherrypy needs one in the configuration of the master', {
        exitCode: 78,
      });
    }
    await (await openClient(settings)).get('/v1/status');
    process.stdout.write(`salt-master serves the HTTP API itself, on port ${port}; there is nothing else to start\n`);
    return 0;
  });
}

function createCommand(): Command {
  return new Command('salt-api')
    .description('Says where the HTTP API is served: by salt-master itself, as rest_cherrypy configures it.')
    .usage('[options]')
    .option('-c, --config-dir <dir>', 'the folder of the configuration (default: SALT_CONFIG_DIR or /etc/salt)')
    .option('-d, --daemon', 'for habit: there is nothing to send into the background')
    .option('--pid-file <file>', 'for habit: there is no process of its own')
    .exitOverride();
}
