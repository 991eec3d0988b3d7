import { isDict, parseArguments, pythonStr, type Dict, type Value, readMasterSettings } from '@brine/common';
import { Command } from 'commander';
import { bodyOf, createControlClient, type ControlClient } from '../connection/control-client.ts';
import { jobTerms } from '../connection/job-terms.ts';
import { cliError, usageExitCode } from '../errors.ts';
import { addLogLevelOption, addSharedOptions, wholeNumber, type SharedFlags } from '../options/shared-options.ts';
import { addTargetOptions, readTarget } from '../options/target-options.ts';
import { addUnsupportedOptions } from '../options/unsupported-options.ts';
import { createOutputWriter, memberOf } from '../output/output-writer.ts';
import { runProgram } from '../program.ts';
import { addVersionOptions } from '../versions.ts';
import { showJob } from './show-job.ts';

interface SaltFlags extends SharedFlags {
  readonly timeout?: number;
  readonly gatherJobTimeout?: number;
  readonly static?: boolean;
  readonly async?: boolean;
  readonly verbose?: boolean;
  readonly showJid?: boolean;
  readonly showTimeout?: boolean;
  readonly hideTimeout?: boolean;
  readonly summary?: boolean;
  readonly doc?: boolean;
  readonly previewTarget?: boolean;
}

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
    const settings = readMasterSettings(flags.configDir);
    const client = createControlClient(settings.socketPath);
    const target = readTarget(command, expression);
    const job = { target: bodyOf({ ...target }), ...readFunction(flags, fun, rest) };
    return submit({ flags, job, client, settings: settings.values });
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

interface FunctionCall {
  readonly function: string;
  readonly positional: Value[];
  readonly keyword: Dict;
}

function readFunction(flags: SaltFlags, fun: string | undefined, rest: readonly string[]): FunctionCall {
  if (flags.doc === true)
    return { function: 'sys.doc', positional: fun === undefined ? [] : [fun], keyword: new Map() };
  if (flags.previewTarget === true) return { function: 'test.ping', positional: [], keyword: new Map() };
  if (fun === undefined) {
    throw cliError('usage', "a function is missing: salt '<target>' <function> [arguments]", {
      exitCode: usageExitCode,
    });
  }
  if (fun.includes(',')) {
    throw cliError('option-unsupported', 'several functions in one call do not exist here yet', {
      exitCode: usageExitCode,
    });
  }
  return { function: fun, ...parseArguments([...rest]) };
}

interface Submission {
  readonly flags: SaltFlags;
  readonly job: FunctionCall & { readonly target: Dict };
  readonly client: ControlClient;
  readonly settings: Dict;
}

async function submit(submission: Submission): Promise<number> {
  const { flags, job, client, settings } = submission;
  const writer = createOutputWriter(flags, settings);
  const body = (follow: boolean): Dict =>
    bodyOf({
      ...job,
      follow,
      ...jobTerms(flags, settings),
    });
  if (flags.previewTarget === true) {
    const answer = await client.post('/v1/targets', bodyOf({ target: job.target }));
    writer.write(isDict(answer) ? (answer.get('minions') ?? []) : []);
    return 0;
  }
  if (flags.async === true) {
    const answer = await client.post('/v1/jobs', body(false));
    process.stdout.write(`Executed command with job ID: ${pythonStr(memberOf(answer, 'jid') ?? '')}\n`);
    return 0;
  }
  return showJob(client.stream('POST', '/v1/jobs', body(true)), {
    writer,
    isStatic: flags.static === true || job.function === 'sys.doc',
    showsJid: flags.showJid === true || flags.verbose === true,
    showsMissing: flags.hideTimeout !== true && (flags.showTimeout === true || settings.get('show_timeout') !== false),
    showsSummary: flags.summary === true,
    mergesDocumentation: job.function === 'sys.doc',
  });
}
