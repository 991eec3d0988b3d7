import { Command, InvalidArgumentError, Option } from 'commander';
import { addAuthOptions } from '../options/auth-options.ts';
import { addLogOptions } from '../options/log-options.ts';
import { addSharedOptions, durationOption, wholeNumber } from '../options/shared-options.ts';
import { addTargetOptions } from '../options/target-options.ts';
import { addMeaninglessOptions, noExecutors, noRosters } from '../options/meaningless-options.ts';
import { addVersionOptions } from '../versions.ts';

/** Options of Salt's `salt` that mean nothing here, each with the reason. */
const meaningless: readonly (readonly [string, string])[] = [
  ...['--module-executors <list>', '--executor-opts <list>'].map((flags) => [flags, noExecutors] as const),
  ['-H, --hosts', noRosters],
];

/** The command line of `salt`. */
export function createSaltCommand(): Command {
  const command = new Command('salt')
    .description('Runs a function on minions and shows what they answer.')
    .usage("[options] '<target>' <function> [arguments]")
    .argument('[target]', 'which minions: a glob over their ids unless an option says otherwise')
    .argument('[function]', "what to run: 'test.ping', 'state.apply'; several with commas: 'test.ping,test.version'")
    .argument('[arguments...]', 'its arguments, key=value for those with a name')
    .exitOverride();
  addWaitingOptions(command);
  addShowingOptions(command);
  addBatchOptions(command);
  addArgumentOptions(command);
  addAuthOptions(command);
  addLogOptions(addSharedOptions(addTargetOptions(command)));
  addMeaninglessOptions(command, meaningless);
  return addVersionOptions(command, 'salt');
}

function addWaitingOptions(command: Command): void {
  command
    .option(
      '-t, --timeout <seconds>',
      'how long minions have to take the job (default: timeout of the configuration, 5)',
      wholeNumber,
    )
    .option(
      '--gather-job-timeout <seconds>',
      'how long a minion with the job may be away before it counts as unreachable',
      wholeNumber,
    )
    .option('--async', 'print the job id and do not wait')
    .option('--durable', 'keep the job for minions that are away and let them run it when they come back')
    .option('--until <time>', 'how long a durable job waits: 7d (the default), 12h, 30m, 45s', durationOption)
    .option('--follow <jid>', 'show a job that is under way instead of starting one');
}

function addShowingOptions(command: Command): void {
  command
    .option('-s, --static', 'show everything at once, when all have answered')
    .option('-p, --progress', 'show how many have answered instead of what')
    .option('-v, --verbose', 'show the job id and, where output is no terminal, how far each minion is')
    .option('--show-jid', 'show the job id')
    .option('--show-timeout', 'name minions that did not answer (the default)')
    .option('--hide-timeout', 'do not name minions that did not answer')
    .option('--summary', 'count the answers at the end')
    .option('--output-diff', 'leave out states that changed nothing')
    .option('-d, --doc', 'show the documentation of a function or module')
    .addOption(new Option('--documentation').hideHelp())
    .option('--show-secrets', 'show decrypted values instead of their fingerprints, to those who may see them')
    .option('--preview-target', 'show which minions the target means and run nothing');
}

function addBatchOptions(command: Command): void {
  command
    .option('-b, --batch <size>', 'run on so many minions at a time: a number, or a share such as 25%')
    .addOption(new Option('--batch-size <size>').hideHelp())
    .option('--batch-wait <seconds>', 'how long to wait before the next minion takes the place of one', seconds)
    .option('--batch-safe-limit <number>', 'run in batches when at least so many minions match', wholeNumber)
    .option('--batch-safe-size <size>', 'the size of batches of --batch-safe-limit (default: 8)')
    .option('--failhard', 'end a batch at the first minion that fails')
    .option('--subset <number>', 'run on so many of the minions that match, drawn at random', wholeNumber);
}

function addArgumentOptions(command: Command): void {
  command
    .option('--args-separator <text>', 'what parts the arguments of several functions (default: a comma)')
    .option('--no-parse <names>', 'arguments, separated by commas, whose values stay text')
    .option('--args-stdin', 'read further options and arguments from standard input, one a line')
    .option('--metadata <data>', 'data to find the job by, as YAML')
    .option('--return <names>', 'returners that minions hand their returns to beside the master, separated by commas')
    .option('--return_config <name>', 'which of several sets of settings the returners use')
    .option('--return_kwargs <settings>', "settings of the returners, as YAML: '{db: 2}'")
    .option('--jid <jid>', 'the id the job is to have, 20 digits, instead of the next one');
}

function seconds(text: string): number {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('a number of seconds is expected');
}
