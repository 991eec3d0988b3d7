import {
  isDict,
  parseArguments,
  pythonStr,
  readMasterSettings,
  type Dict,
  type Target,
  type Value,
} from '@brine/common';
import { bodyOf, createControlClient, type ControlClient } from '../connection/control-client.ts';
import { jobTerms } from '../connection/job-terms.ts';
import { cliError, usageExitCode } from '../errors.ts';
import type { SharedFlags } from '../options/shared-options.ts';
import { createOutputWriter, memberOf } from '../output/output-writer.ts';
import { showJob } from './show-job.ts';

/** What the command line of `salt` says beside target and function. */
export interface SaltFlags extends SharedFlags {
  readonly timeout?: number;
  readonly gatherJobTimeout?: number;
  readonly static?: boolean;
  readonly async?: boolean;
  readonly durable?: boolean;
  /** Milliseconds. */
  readonly until?: number;
  readonly verbose?: boolean;
  readonly showJid?: boolean;
  readonly showTimeout?: boolean;
  readonly hideTimeout?: boolean;
  readonly summary?: boolean;
  readonly doc?: boolean;
  readonly previewTarget?: boolean;
}

/** A command line of `salt`, read. */
export interface SaltRequest {
  readonly flags: SaltFlags;
  readonly target: Target;
  readonly fun: string | undefined;
  /** The arguments of the function. */
  readonly words: readonly string[];
}

/** Has the master run a function and shows what comes back; resolves with the status to exit with. */
export async function runJob({ flags, target, fun, words }: SaltRequest): Promise<number> {
  const settings = readMasterSettings(flags.configDir);
  const client = createControlClient(settings.socketPath);
  const job = { target: bodyOf({ ...target }), ...readFunction(flags, fun, words) };
  return submit({ flags, job, client, settings: settings.values });
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

const durableMilliseconds = 7 * 86_400_000;

function durableTerms({ durable, until }: SaltFlags): { readonly durable?: boolean; readonly deliverWithin?: number } {
  if (durable === true) return { durable, deliverWithin: until ?? durableMilliseconds };
  if (until === undefined) return {};
  throw cliError('usage', '--until says how long a durable job waits: it needs --durable', { exitCode: usageExitCode });
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
      ...durableTerms(flags),
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
