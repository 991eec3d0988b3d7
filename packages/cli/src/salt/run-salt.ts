import { Command } from 'commander';
import { usageExitCode } from '../errors.ts';
import { addLogLevelOption, addSharedOptions, durationOption, wholeNumber } from '../options/shared-options.ts';
import { addTargetOptions, readTarget } from '../options/target-options.ts';
import { addUnsupportedOptions } from '../options/unsupported-options.ts';
import { runProgram } from '../program.ts';
import { addVersionOptions } from '../versions.ts';
import type { SaltFlags } from './run-job.ts';

/** Options of Salt's `salt` that are still to come. */
const unsupported = [
  ...['-b, --batch <size>', '--batch-wait <seconds>', '--batch-safe-limit <size>', '--batch-safe-size <size>'],
  ...['--subset <number>', '--return <returner>', '--return_config <name>', '--return_kwargs <kwargs>', '--progress'],
  ...['-a, --auth <name>', '--eauth <name>', '--external-auth <name>', '-T, --make-token', '--username <name>'],
  ...[
    '--password <word>',
    '-R, --range',
    '-D, --delimiter <text>',
    '--module-executors <list>',
    '--executor-opts <list>',
  ],
  ...['--metadata <data>', '--failhard', '--args-separator <text>', '--config-dump', '--state-output-diff <flag>'],
];

/** Runs `salt` with the words of a command line; resolves with the status to exit with. */
export async function runSalt(words: readonly string[]): Promise<number> {
  return runProgram('salt', async () => {
    const command = createCommand();
    command.parse([...words], { from: 'user' });
    const flags = command.opts<SaltFlags>();
    const [expression, fun, ...rest] = command.args;
    if (expression === undefined) {
      command.outputHelp({ error: true });
      return usageExitCode;
    }
    const target = readTarget(command, expression);
    // Help and mistyped options are told without loading what runs jobs.
    const { runJob } = await import('./run-job.ts');
    return runJob({ flags, target, fun, words: rest });
  });
}

function createCommand(): Command {
  const command = new Command('salt')
    .description('Runs a function on minions and shows what they answer.')
    .usage("[options] '<target>' <function> [arguments]")
    .argument('[target]', 'which minions: a glob over their ids unless an option says otherwise')
    .argument('[function]', "what to run: 'test.ping', 'state.apply'; 'sys.doc' lists what there is")
    .argument('[arguments...]', 'its arguments, key=value for those with a name')
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
    .option('-s, --static', 'show everything at once, when all have answered')
    .option('--async', 'print the job id and do not wait')
    .option('--durable', 'keep the job for minions that are away and let them run it when they come back')
    .option('--until <time>', 'how long a durable job waits: 7d (the default), 12h, 30m, 45s', durationOption)
    .option('-v, --verbose', 'show the job id and what is known of minions that do not answer')
    .option('--show-jid', 'show the job id')
    .option('--show-timeout', 'name minions that did not answer (the default)')
    .option('--hide-timeout', 'do not name minions that did not answer')
    .option('--summary', 'count the answers at the end')
    .option('-d, --doc', 'show the documentation of a function or module')
    .option('--preview-target', 'show which minions the target means and run nothing')
    .exitOverride();
  addUnsupportedOptions(addLogLevelOption(addSharedOptions(addTargetOptions(command))), unsupported);
  return addVersionOptions(command, 'salt');
}
