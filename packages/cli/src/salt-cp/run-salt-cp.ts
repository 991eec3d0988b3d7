import { isDict, pythonStr, readMasterSettings } from '@brine/common';
import { Command } from 'commander';
import { bodyOf, type ControlClient } from '../connection/control-client.ts';
import { openClient } from '../connection/open-client.ts';
import { jobTerms } from '../connection/job-terms.ts';
import { cliError, usageExitCode } from '../errors.ts';
import { addLogOptions } from '../options/log-options.ts';
import { addSharedOptions, wholeNumber, type SharedFlags } from '../options/shared-options.ts';
import { addTargetOptions, readTarget } from '../options/target-options.ts';
import { addMeaninglessOptions, noRosters } from '../options/meaningless-options.ts';
import { createOutputWriter } from '../output/output-writer.ts';
import { parseWords } from '../options/parse-words.ts';
import { runProgram } from '../program.ts';
import { addVersionOptions } from '../versions.ts';
import { createMinionCalls } from './minion-calls.ts';
import { sendChunked, sendWhole, type Transfer } from './send-files.ts';
import { listSources, requireFiles } from './source-files.ts';

interface CopyFlags extends SharedFlags {
  readonly timeout?: number;
  readonly chunked?: boolean;
  /** `false` when `--no-compression` was given. */
  readonly compression: boolean;
}

/** Runs `salt-cp` with the words of a command line; resolves with the status to exit with. */
export async function runSaltCp(words: readonly string[]): Promise<number> {
  return runProgram('salt-cp', words, async () => {
    const command = createCommand();
    await parseWords(command, words);
    const flags = command.opts<CopyFlags>();
    if (flags.configDump === true) return (await import('../config-dump.ts')).dumpConfig(flags.configDir);
    const [expression = '', ...paths] = command.args;
    const dest = paths.pop();
    if (dest === undefined || paths.length === 0) {
      throw cliError('usage', "a source or a destination is missing: salt-cp '<target>' SOURCE… DEST", {
        exitCode: usageExitCode,
      });
    }
    if (flags.chunked !== true) requireFiles(paths);
    const entries = listSources(paths, dest);
    const settings = readMasterSettings(flags.configDir);
    const client = await openClient(settings, flags);
    const minions = await resolveMinions(client, bodyOf({ ...readTarget(command, expression) }));
    const call = createMinionCalls(client, jobTerms(flags, settings.values));
    const { answers, isGood }: Transfer =
      flags.chunked === true
        ? await sendChunked(entries, { minions, call, isPacked: flags.compression })
        : await sendWhole(entries, { dest, minions, call });
    createOutputWriter(flags, settings.values).write(answers);
    if (isGood) return 0;
    process.stderr.write('ERROR: Not everything was copied\n');
    return 1;
  });
}

function createCommand(): Command {
  const command = new Command('salt-cp')
    .description('Copies files to minions.')
    .usage("[options] '<target>' SOURCE... DEST")
    .argument('[target]', 'which minions: a glob over their ids unless an option says otherwise')
    .argument('[paths...]', 'files here (folders too with --chunked), and where they go on the minions')
    .option('-t, --timeout <seconds>', 'how long minions have to take each job', wholeNumber)
    .option('-C, --chunked', 'send in pieces: for large files and folders')
    .option('-n, --no-compression', 'do not pack pieces')
    .exitOverride();
  addTargetOptions(command, ['pcre', 'list', 'grain', 'grain_pcre', 'nodegroup', 'range']);
  addLogOptions(addSharedOptions(command));
  addMeaninglessOptions(command, [['-H, --hosts', noRosters]]);
  return addVersionOptions(command, 'salt-cp');
}

async function resolveMinions(client: ControlClient, target: ReturnType<typeof bodyOf>): Promise<readonly string[]> {
  const answer = await client.post('/v1/targets', bodyOf({ target }));
  const minions = isDict(answer) ? answer.get('minions') : undefined;
  return Array.isArray(minions) ? minions.map(pythonStr) : [];
}
