import {
  isDict,
  parseArgument,
  pythonStr,
  readMasterSettings,
  returnNames,
  type Dict,
  type Target,
  type Value,
} from '@brine/common';
import { bodyOf, type ControlClient } from '../connection/control-client.ts';
import { openClient } from '../connection/open-client.ts';
import { jobTerms } from '../connection/job-terms.ts';
import { cliError, usageExitCode } from '../errors.ts';
import { liveModeFor } from '../live/job-view.ts';
import { createOutputWriter, memberOf } from '../output/output-writer.ts';
import { readCall, type FunctionCall } from './read-call.ts';
import type { SaltFlags } from './salt-flags.ts';
import { showJob, type ShowOptions } from './show-job.ts';

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
  const call = readFunction(flags, fun, words);
  const wish = { ...batchWish(flags), ...furtherWish(flags) };
  const settings = readMasterSettings(flags.configDir);
  const client = await openClient(settings, flags);
  const job = { target: bodyOf({ ...target }), ...call, ...wish };
  return submit({ flags, target, job, client, settings: settings.values });
}

/** Shows a job that is under way. */
export async function followJob(flags: SaltFlags, jid: string): Promise<number> {
  if (flags.showSecrets === true) {
    throw usage('secrets are shown to who gave the job: --show-secrets does not go with --follow');
  }
  const settings = readMasterSettings(flags.configDir);
  const client = await openClient(settings, flags);
  const { patience } = jobTerms(flags, settings.values);
  const path = `/v1/jobs/${encodeURIComponent(jid)}/follow?patience=${patience}`;
  const options = showOptions({ flags, settings: settings.values, fun: undefined });
  return showJob(client.stream('GET', path), { ...options, live: liveModeFor(true) });
}

function readFunction(flags: SaltFlags, fun: string | undefined, rest: readonly string[]): FunctionCall {
  if (flags.doc === true || flags.documentation === true) {
    const [subject, ...more] = fun === 'sys.doc' ? rest : [fun, ...rest].filter((word) => word !== undefined);
    if (more.length > 0) throw usage('documentation is shown for one function or module at a time');
    return { function: 'sys.doc', positional: subject === undefined ? [] : [subject], keyword: new Map() };
  }
  if (flags.previewTarget === true) return { function: 'test.ping', positional: [], keyword: new Map() };
  if (fun === undefined) throw usage("a function is missing: salt '<target>' <function> [arguments]");
  return readCall(fun, rest, flags);
}

function usage(message: string): Error {
  return cliError('usage', message, { exitCode: usageExitCode });
}

type Members = Readonly<Record<string, Value | undefined>>;

function batchWish({ batch, batchSize, batchWait, failhard }: SaltFlags): Members {
  const size = batch ?? batchSize;
  if (size === undefined) return {};
  const wait = batchWait === undefined ? undefined : Math.round(batchWait * 1000);
  return { batch: bodyOf({ size, wait, failhard }) };
}

function furtherWish(flags: SaltFlags): Members {
  const { subset, metadata, jid, showSecrets, async: isAsync } = flags;
  if (showSecrets === true && isAsync === true) {
    throw usage('secrets are shown to who waits for the answers: --show-secrets does not go with --async');
  }
  return {
    showsSecrets: showSecrets === true ? true : undefined,
    subset: subset === undefined || subset === 0 ? undefined : subset,
    metadata: metadata === undefined ? undefined : parseArgument(metadata),
    jid,
    returners: returnersOf(flags),
  };
}

function returnersOf(flags: SaltFlags): Dict | undefined {
  const names = returnNames(flags.return);
  const kwargs = flags.return_kwargs === undefined ? undefined : parseArgument(flags.return_kwargs);
  if (kwargs !== undefined && !isDict(kwargs)) throw usage("--return_kwargs takes a mapping: '{db: 2}'");
  if (names.length > 0) return bodyOf({ names: [...names], config: flags.return_config, kwargs });
  if (flags.return_config === undefined && kwargs === undefined) return undefined;
  throw usage('--return_config and --return_kwargs are about the returners of --return');
}

function safeBatch(flags: SaltFlags, settings: Dict): Members {
  const limit = flags.batchSafeLimit ?? settings.get('batch_safe_limit');
  if (typeof limit !== 'number' || limit <= 1) return {};
  const size = flags.batchSafeSize ?? pythonStr(settings.get('batch_safe_size') ?? 8);
  return { safeBatch: bodyOf({ limit, size }) };
}

const durableMilliseconds = 7 * 86_400_000;

function durableTerms({ durable, until }: SaltFlags): { readonly durable?: boolean; readonly deliverWithin?: number } {
  if (durable === true) return { durable, deliverWithin: until ?? durableMilliseconds };
  if (until === undefined) return {};
  throw usage('--until says how long a durable job waits: it needs --durable');
}

interface Submission {
  readonly flags: SaltFlags;
  readonly target: Target;
  readonly job: FunctionCall & Members & { readonly target: Dict };
  readonly client: ControlClient;
  readonly settings: Dict;
}

async function submit({ flags, target, job, client, settings }: Submission): Promise<number> {
  const body = (follow: boolean): Dict =>
    bodyOf({
      ...job,
      ...safeBatch(flags, settings),
      follow,
      ...jobTerms(flags, settings),
      ...durableTerms(flags),
    });
  if (flags.previewTarget === true) {
    const answer = await client.post('/v1/targets', bodyOf({ target: job.target }));
    createOutputWriter(flags, settings).write(isDict(answer) ? (answer.get('minions') ?? []) : []);
    return 0;
  }
  if (flags.async === true) {
    const answer = await client.post('/v1/jobs', body(false));
    process.stdout.write(`Executed command with job ID: ${pythonStr(memberOf(answer, 'jid') ?? '')}\n`);
    return 0;
  }
  // Of a subset nobody is missed.
  const whom = flags.subset === undefined || flags.subset === 0 ? { target } : {};
  const options = { ...showOptions({ flags, settings, fun: job.function }), ...whom };
  return showJob(client.stream('POST', '/v1/jobs', body(true)), options);
}

/** Programs that read the output of state runs as text get what they get from Salt. */
function tellsPeople({ verbose, summary }: SaltFlags): boolean {
  return process.stdout.isTTY === true || verbose === true || summary === true;
}

function jidForm({ verbose, showJid }: SaltFlags, settings: Dict): ShowOptions['showsJid'] {
  if (verbose === true) return 'title';
  return showJid === true || settings.get('show_jid') === true ? 'word' : undefined;
}

function showOptions({
  flags,
  settings,
  fun,
}: {
  readonly flags: SaltFlags;
  readonly settings: Dict;
  readonly fun: string | undefined;
}): ShowOptions {
  return {
    writer: createOutputWriter(flags, settings),
    isStatic: flags.static === true || settings.get('static') === true || fun === 'sys.doc',
    showsJid: jidForm(flags, settings),
    showsMissing: flags.hideTimeout !== true && (flags.showTimeout === true || settings.get('show_timeout') !== false),
    showsSummary: flags.summary === true || flags.progress === true || settings.get('cli_summary') === true,
    showsPillarVersion: tellsPeople(flags),
    mergesDocumentation: fun === 'sys.doc',
    live: liveModeFor(flags.verbose === true || flags.progress === true),
    hidesAnswers: flags.progress === true,
    isBatch: flags.batch !== undefined || flags.batchSize !== undefined,
  };
}
