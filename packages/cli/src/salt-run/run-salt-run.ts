import { isDict, parseArguments, pythonStr, type Value, readMasterSettings } from '@brine/common';
import { Command } from 'commander';
import { bodyOf, type ControlClient } from '../connection/control-client.ts';
import { openClient } from '../connection/open-client.ts';

import { usageExitCode } from '../errors.ts';
import { liveModeFor } from '../live/job-view.ts';
import { addAuthOptions, type AuthFlags } from '../options/auth-options.ts';
import { addLogLevelOption, addSharedOptions, type SharedFlags } from '../options/shared-options.ts';
import { addUnsupportedOptions } from '../options/unsupported-options.ts';
import { createOutputWriter, type OutputWriter } from '../output/output-writer.ts';
import { parseWords } from '../options/parse-words.ts';
import { runProgram } from '../program.ts';
import { showJob } from '../salt/show-job.ts';
import { addVersionOptions } from '../versions.ts';
import { showEvents } from './show-events.ts';

interface RunFlags extends SharedFlags, AuthFlags {
  readonly doc?: boolean;
  readonly async?: boolean;
}

/** Options of Salt's `salt-run` that are still to come. */
const unsupported = ['--skip-grains', '-t, --timeout <seconds>'];

/** Runs `salt-run` with the words of a command line; resolves with the status to exit with. */
export async function runSaltRun(words: readonly string[]): Promise<number> {
  return runProgram('salt-run', words, async () => {
    const command = createCommand();
    parseWords(command, words);
    const flags = command.opts<RunFlags>();
    if (flags.configDump === true) return (await import('../config-dump.ts')).dumpConfig(flags.configDir);
    const [fun, ...rest] = flags.doc === true ? ['doc.runner', ...command.args] : command.args;
    if (fun === undefined) {
      command.outputHelp({ error: true });
      return usageExitCode;
    }
    const settings = readMasterSettings(flags.configDir);
    const client = await openClient(settings, flags);
    const writer = createOutputWriter(flags, settings.values);
    const call = { fun, ...parseArguments([...rest]) };
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
    .option('--async', 'start the runner and do not wait; what its events are called is shown')
    .exitOverride();
  addUnsupportedOptions(addLogLevelOption(addAuthOptions(addSharedOptions(command))), unsupported);
  return addVersionOptions(command, 'salt-run');
}

interface RunnerCall {
  readonly fun: string;
  readonly positional: Value[];
  readonly keyword: Map<Value, Value>;
}

async function runRunner(client: ControlClient, writer: OutputWriter, call: RunnerCall): Promise<number> {
  const { fun, positional, keyword } = call;
  const answer = await client.post('/v1/runners', bodyOf({ function: fun, positional, keyword }));
  if (!isDict(answer)) return 1;
  const outputter = answer.get('outputter');
  writer.write(answer.get('value') ?? null, typeof outputter === 'string' ? outputter : undefined);
  return answer.get('retcode') === 0 ? 0 : 1;
}

/** What a runner that was started answers is told by its event: `salt/run/JID/ret`. */
async function beginRunner(client: ControlClient, writer: OutputWriter, call: RunnerCall): Promise<number> {
  const { fun, positional, keyword } = call;
  writer.write(await client.post('/v1/runners', bodyOf({ function: fun, positional, keyword, background: true })));
  return 0;
}

async function follow(client: ControlClient, writer: OutputWriter, jid: Value | undefined): Promise<number> {
  const path = `/v1/jobs/${encodeURIComponent(pythonStr(jid ?? ''))}/follow?patience=60000`;
  return showJob(client.stream('GET', path), {
    writer,
    ...{
      live: liveModeFor(true),
      isStatic: false,
      showsJid: true,
      showsMissing: true,
      showsSummary: true,
      mergesDocumentation: false,
    },
  });
}
