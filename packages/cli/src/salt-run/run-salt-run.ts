import { isDict, parseArguments, pythonStr, type Value, readMasterSettings } from '@brine/common';
import { Command, Option } from 'commander';
import { bodyOf, type ControlClient } from '../connection/control-client.ts';
import { userName } from '../connection/job-terms.ts';
import { openClient } from '../connection/open-client.ts';

import { usageExitCode } from '../errors.ts';
import { liveModeFor } from '../live/job-view.ts';
import { addAuthOptions, type AuthFlags } from '../options/auth-options.ts';
import { addLogOptions } from '../options/log-options.ts';
import { addSharedOptions, wholeNumber, type SharedFlags } from '../options/shared-options.ts';
import { withInputWords } from '../options/input-words.ts';
import { addMeaninglessOptions, profiling } from '../options/meaningless-options.ts';
import { createOutputWriter, type OutputWriter } from '../output/output-writer.ts';
import { parseWords } from '../options/parse-words.ts';
import { runProgram } from '../program.ts';
import { showJob } from '../salt/show-job.ts';
import { addVersionOptions } from '../versions.ts';
import { showEvents } from './show-events.ts';

interface RunFlags extends SharedFlags, AuthFlags {
  readonly doc?: boolean;
  readonly documentation?: boolean;
  readonly async?: boolean;
  readonly quiet?: boolean;
  readonly jid?: string;
  readonly timeout?: number;
  readonly skipGrains?: boolean;
  /** `--no-parse`: names of arguments. */
  readonly parse?: string | true;
}

/** Runs `salt-run` with the words of a command line; resolves with the status to exit with. */
export async function runSaltRun(words: readonly string[]): Promise<number> {
  return runProgram('salt-run', words, async () => {
    const command = createCommand();
    await parseWords(command, withInputWords(words));
    const flags = command.opts<RunFlags>();
    if (flags.configDump === true) return (await import('../config-dump.ts')).dumpConfig(flags.configDir);
    const [fun, ...rest] =
      flags.doc === true || flags.documentation === true ? ['doc.runner', ...command.args] : command.args;
    if (fun === undefined) {
      command.outputHelp({ error: true });
      return usageExitCode;
    }
    const settings = readMasterSettings(flags.configDir);
    const client = await openClient(settings, flags);
    const shown = createOutputWriter(flags, settings.values);
    const writer: OutputWriter = flags.quiet === true ? { ...shown, write: () => {} } : shown;
    const call = { fun, ...parseArguments(rest, { noParse: namesToKeep(flags) }), terms: termsOf(flags) };
    if (fun === 'state.event') return showEvents(client, call);
    if (fun === 'jobs.follow') return follow(client, writer, call.positional[0]);
    return flags.async === true ? beginRunner(client, writer, call) : runRunner(client, writer, call);
  });
}

function createCommand(): Command {
  const command = new Command('salt-run')
    .description('Runs a runner on the master.')
    .usage('[options] <runner> [arguments]')
    .argument('[runner]', "what to run: 'jobs.list_jobs', 'manage.up'; 'state.event' and 'jobs.follow JID' watch")
    .argument('[arguments...]', 'its arguments, key=value for those with a name')
    .option('-d, --doc', 'show the documentation of a runner or of all')
    .addOption(new Option('--documentation').hideHelp())
    .option(
      '-t, --timeout <seconds>',
      'in place of timeout of the configuration, for runners that ask minions',
      wholeNumber,
    )
    .option('--jid <jid>', 'the id the call is to have, 20 digits, instead of the next one')
    .option('--no-parse <names>', 'arguments, separated by commas, whose values stay text')
    .option('--args-stdin', 'read further options and arguments from standard input, one a line')
    .option('--skip-grains', 'salt.cmd: run the function without grains')
    .option('--quiet', 'show nothing of the answer')
    .option('--async', 'start the runner and do not wait; what its events are called is shown')
    .exitOverride();
  addLogOptions(addAuthOptions(addSharedOptions(command)));
  addMeaninglessOptions(command, profiling);
  return addVersionOptions(command, 'salt-run');
}

function namesToKeep({ parse }: RunFlags): readonly string[] {
  return typeof parse === 'string' ? parse.split(',').map((name) => name.trim()) : [];
}

function termsOf({ timeout, jid, skipGrains }: RunFlags): RunnerCall['terms'] {
  return { timeout, jid, skipsGrains: skipGrains };
}

interface RunnerCall {
  readonly fun: string;
  readonly positional: Value[];
  readonly keyword: Map<Value, Value>;
  readonly terms: Readonly<Record<'timeout' | 'jid' | 'skipsGrains', Value | undefined>>;
}

async function runRunner(client: ControlClient, writer: OutputWriter, call: RunnerCall): Promise<number> {
  const { fun, positional, keyword, terms } = call;
  const answer = await client.post(
    '/v1/runners',
    bodyOf({ function: fun, positional, keyword, user: userName(), ...terms }),
  );
  if (!isDict(answer)) return 1;
  const printed = answer.get('printed');
  if (typeof printed === 'string') process.stdout.write(printed);
  const outputter = answer.get('outputter');
  writer.write(answer.get('value') ?? null, typeof outputter === 'string' ? outputter : undefined);
  return answer.get('retcode') === 0 ? 0 : 1;
}

/** What a runner that was started answers is told by its event: `salt/run/JID/ret`. */
async function beginRunner(client: ControlClient, writer: OutputWriter, call: RunnerCall): Promise<number> {
  const { fun, positional, keyword, terms } = call;
  const body = bodyOf({ function: fun, positional, keyword, background: true, user: userName(), ...terms });
  writer.write(await client.post('/v1/runners', body));
  return 0;
}

async function follow(client: ControlClient, writer: OutputWriter, jid: Value | undefined): Promise<number> {
  const path = `/v1/jobs/${encodeURIComponent(pythonStr(jid ?? ''))}/follow?patience=60000`;
  return showJob(client.stream('GET', path), {
    writer,
    ...{
      live: liveModeFor(true),
      isStatic: false,
      showsJid: 'title',
      showsMissing: true,
      showsSummary: true,
      showsPillarVersion: true,
      mergesDocumentation: false,
    },
  });
}
