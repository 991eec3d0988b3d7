import { readFileSync } from 'node:fs';
import {
  brineVersion,
  compatibleSaltVersion,
  createJidGenerator,
  createLineLogger,
  createLogFile,
  encodeValue,
  formatProblem,
  isAppError,
  parseArgument,
  parseArguments,
  prepareWords,
  pythonStr,
  returnNames,
  systemClock,
  versionsReport,
  type Dict,
  type Logger,
  type Value,
} from '@brine/common';
import { ask, type MasterLink } from '../call/master-link.ts';
import { createCallEnvironment, type CallEnvironment } from '../call/call-environment.ts';
import { loadMinionOptions, type MinionOptions } from '../call/minion-options.ts';
import { minionError } from '../errors.ts';
import { returnPayload, type ReturnedCall } from '../returns/return-payload.ts';
import { parseCommandLine, saltCallCommand, type SaltCallRequest } from './command-line.ts';
import { describeError, exitCodeOf } from './describe-error.ts';
import { showAnswer, type AnswerView } from './show-answer.ts';
import { checkModuleFolders } from './module-folders.ts';
import type { DaemonLink } from '../local-link/daemon-link.ts';
import type { CallSession, CallSessionRequest } from './call-session.ts';
import type { Terminal } from './terminal.ts';

/** Runs one `salt-call` and tells the status to end with. What goes wrong is told on the terminal, never thrown. */
export async function runSaltCall(words: readonly string[], terminal: Terminal, signal: AbortSignal): Promise<number> {
  let hardCrash = false;
  try {
    const request = parseCommandLine(
      await prepareWords(words, 'salt-call', saltCallCommand()),
      () => `${brineVersion} (Brine; behaves as Salt ${compatibleSaltVersion})`,
      () => readFileSync(0, 'utf8'),
    );
    ({ hardCrash } = request);
    return await perform(request, terminal, signal);
  } catch (error) {
    if (signal.aborted) return interruptedStatus;
    terminal.error(describeError(error, hardCrash));
    return exitCodeOf(error);
  }
}

const interruptedStatus = 130;

async function perform(request: SaltCallRequest, terminal: Terminal, signal: AbortSignal): Promise<number> {
  const { task } = request;
  if (task.kind === 'text') {
    await terminal.out(task.text);
    return task.exitCode;
  }
  if (task.kind === 'versions') {
    await terminal.out(versionsReport());
    return 0;
  }
  const warnings = await checkModuleFolders(request.moduleFolders);
  const settings = await loadMinionOptions(request);
  const log = openLog(request, settings, terminal);
  // With what they say, these differ from call to call.
  for (const warning of warnings) log.warn('an option has no effect', { warning });
  for (const problem of settings.problems) log.warn(formatProblem(problem));
  const jid = createJidGenerator(() => Date.now())();
  const session = settings.isLocal
    ? undefined
    : await Promise.race([connect({ settings, log, timeout: request.timeout }), rejectWhenAborted(signal)]);
  const beside = await findDaemon(settings);
  const environment = createCallEnvironment({
    options: settings.options,
    minionId: settings.id,
    jid,
    log,
    clock: systemClock,
    signal,
    skipGrains: request.skipGrains,
    print: (text) => terminal.out(text),
    ...(session === undefined ? {} : { link: session.link, options: session.options }),
    ...(beside === undefined ? {} : { daemon: beside }),
    ...toldTo(session?.daemon, log),
  });
  try {
    return await performIn(environment, { request, settings, terminal, session, jid });
  } finally {
    await environment.close();
    beside?.close();
    await session?.close();
  }
}

/** Without a master there is still the daemon, for its schedule, beacons and jobs. */
async function findDaemon(settings: MinionOptions): Promise<DaemonLink | undefined> {
  if (!settings.isLocal) return undefined;
  const { connectDaemonBeside } = await import('./call-session.ts');
  return connectDaemonBeside(settings);
}

/** The daemon beside this call, and how it learns of grains that were collected anew. */
function toldTo(
  daemon: MasterLink | undefined,
  log: Logger,
): { readonly daemon?: MasterLink; readonly onGrains?: (grains: Dict) => Promise<void> } {
  if (daemon === undefined) return {};
  return {
    daemon,
    onGrains: async (grains) => {
      try {
        await ask(daemon, 'local.grains', { grains: encodeValue(grains) });
      } catch (error) {
        log.debug('the daemon did not take the grains', { error });
      }
    },
  };
}

/** What a call logs goes to the terminal and, as in Salt, to the log of the minion. */
function openLog({ overrides }: SaltCallRequest, { options }: MinionOptions, terminal: Terminal): Logger {
  const textOf = (key: string): string => pythonStr(options.get(key) ?? '');
  const level = textOf('log_level') === '' ? 'warning' : textOf('log_level');
  const isAskedFor = 'log_file' in overrides || 'log_level_logfile' in overrides;
  const file = createLogFile({
    path: textOf('log_file'),
    // Whoever is not root can call functions all the same.
    onUnwritable: (reason) => {
      if (isAskedFor) terminal.error(`[WARNING ] cannot write the log file: ${reason}\n`);
    },
  });
  return createLineLogger([
    { level, form: 'text', write: (line) => terminal.error(line) },
    { level: textOf('log_level_logfile') === '' ? level : textOf('log_level_logfile'), form: 'json', write: file },
  ]);
}

interface Surroundings {
  readonly request: SaltCallRequest;
  readonly settings: MinionOptions;
  readonly terminal: Terminal;
  readonly session: CallSession | undefined;
  readonly jid: string;
}

function rejectWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

async function connect(request: CallSessionRequest): Promise<CallSession> {
  const { connectForCall } = await import('./call-session.ts');
  return connectForCall(request);
}

async function performIn(environment: CallEnvironment, surroundings: Surroundings): Promise<number> {
  const { task } = surroundings.request;
  switch (task.kind) {
    case 'grains':
      await show(surroundings, await environment.grains(), { outputter: undefined, retcode: 0, keepsOrder: false });
      return 0;
    case 'doc':
      return printDocs(environment, task.fun, surroundings.terminal);
    case 'versions':
      return 0;
    case 'call':
      return callAndShow(environment, surroundings, task);
    case 'text':
      return task.exitCode;
  }
}

async function callAndShow(
  environment: CallEnvironment,
  surroundings: Surroundings,
  { fun, words }: { readonly fun: string; readonly words: readonly string[] },
): Promise<number> {
  const { request } = surroundings;
  const { positional, keyword } = parseArguments(words, { noParse: request.noParse });
  const startedAt = Date.now();
  const { value, trueValue, outputter } = await environment
    .run(fun, positional, keyword)
    .catch((error: unknown) => Promise.reject(namingFunction(error, fun)));
  const retcode = environment.retcode();
  const pillarVersion = environment.pillarVersion();
  if (request.sendReturn)
    await surroundings.session?.sendReturn({
      ...{ jid: surroundings.jid, fun, positional, keyword, metadata: request.metadata },
      ...{ value, retcode, outputter, startedAt },
    });
  await handOn(surroundings, { fun, positional, keyword, value, retcode, outputter });
  const answer = showsSecrets(surroundings, fun) ? trueValue : value;
  const shown = request.printMetadata
    ? withMetadata(surroundings, { fun, words, value: answer, retcode, outputter, pillarVersion })
    : answer;
  await show(surroundings, shown, {
    outputter: request.printMetadata ? undefined : outputter,
    retcode,
    pillarVersion,
    keepsOrder: readsYaml.test(fun),
  });
  if (request.passRetcode) return retcode & 0xff;
  return retcode === 0 ? 0 : 1;
}

/** Hands the answer to returners, at once: one that fails is told, and the answer is shown all the same. */
async function handOn(
  { request, settings, terminal, jid }: Surroundings,
  {
    outputter,
    ...call
  }: Pick<ReturnedCall, 'fun' | 'positional' | 'keyword' | 'value' | 'retcode'> & {
    readonly outputter: string | undefined;
  },
): Promise<void> {
  const configured = request.returners ?? settings.options.get('return');
  if (configured === undefined || configured === '' || (Array.isArray(configured) && configured.length === 0)) return;
  const { deliver } = await import('@brine/returners');
  const payload = returnPayload({
    ...{ ...call, id: settings.id, jid, isSuccess: call.retcode === 0 },
    ...(outputter === undefined ? {} : { outputter }),
  });
  const context = {
    id: settings.id,
    options: settings.options,
    print: (line: string) => void terminal.out(`${line}\n`),
  };
  for (const returner of returnNames(configured)) {
    try {
      await deliver({ kind: 'return', returner, payload }, context);
    } catch (error) {
      terminal.error(`salt-call: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

/**
 * Whoever calls `nacl.dec` at a terminal has the key and asks for nothing but the value; the master is told none of it.
 * Whoever runs a masterless minion holds the key that decrypts, and asks these functions for nothing but the values.
 * Everything else an answer may hold them in only in passing.
 */
function showsSecrets({ request, settings }: Surroundings, fun: string): boolean {
  return request.showSecrets || fun.startsWith('nacl.') || (settings.isLocal && showsValues.test(fun));
}

const showsValues = /^(?:pillar\.|slsutil\.renderer$)/;

/** Functions whose answer is what a file of the tree says. */
const readsYaml = /^(?:slsutil\.renderer|jinja\.|pillar\.|state\.show_)/;

/** Says which function it was that failed, where the error does not. */
function namingFunction(error: unknown, fun: string): unknown {
  if (isAppError(error, 'function-unknown') || isAppError(error, 'function-arguments')) return error;
  const message = `Error running '${fun}': ${error instanceof Error ? error.message : String(error)}`;
  const problems = isAppError(error) ? error.problems : [];
  return minionError('call-failed', message, { cause: error, problems });
}

function show(
  { request, settings, terminal }: Surroundings,
  value: Value,
  how: Pick<AnswerView, 'outputter' | 'retcode' | 'keepsOrder' | 'pillarVersion'>,
): Promise<void> {
  return showAnswer(new Map([['local', value]]), {
    ...how,
    choice: request.output,
    options: settings.options,
    terminal,
  });
}

interface ShownCall {
  readonly fun: string;
  readonly words: readonly string[];
  readonly value: Value;
  readonly retcode: number;
  readonly outputter: string | undefined;
  readonly pillarVersion: string | undefined;
}

function withMetadata({ request, settings, jid }: Surroundings, call: ShownCall): Dict {
  const shown: Dict = new Map<Value, Value>([
    ['jid', jid],
    ['return', call.value],
    ['retcode', call.retcode],
  ]);
  if (call.outputter !== undefined) shown.set('out', call.outputter);
  shown.set('id', settings.id);
  shown.set('fun', call.fun);
  shown.set('fun_args', [...call.words]);
  if (call.pillarVersion !== undefined) shown.set('pillar_version', call.pillarVersion);
  if (request.metadata !== undefined) shown.set('metadata', parseArgument(request.metadata));
  return shown;
}

async function printDocs(environment: CallEnvironment, fun: string | undefined, terminal: Terminal): Promise<number> {
  const names = environment.catalogue
    .functionNames()
    .filter((name) => fun === undefined || name === fun || name.startsWith(`${fun}.`));
  for (const name of names) {
    const { value } = await environment.run('sys.doc', [name], new Map());
    const text = value instanceof Map ? value.get(name) : undefined;
    await terminal.out(`${name}:\n${typeof text === 'string' ? text : ''}\n\n`);
  }
  return names.length === 0 ? 1 : 0;
}
