import { compareTexts, isAppError, isDict, pythonStr, toPlain, type Dict, type Value } from '@brine/common';
import { cliError } from '../errors.ts';
import type { OutputWriter } from '../output/output-writer.ts';
import { textForStatus } from './status-text.ts';
import { createSummary } from './summary.ts';

/** How a followed job is shown. */
export interface ShowOptions {
  readonly writer: OutputWriter;
  /** Everything at once, at the end. */
  readonly isStatic: boolean;
  readonly showsJid: boolean;
  /** Minions that did not answer are named. */
  readonly showsMissing: boolean;
  readonly showsSummary: boolean;
  /** All answers are one documentation, whoever gave it (`sys.doc`). */
  readonly mergesDocumentation: boolean;
}

interface Answer {
  readonly minion: string;
  readonly value: Value;
  readonly outputter: string | undefined;
}

/** Shows a job while it goes on; resolves with the status to exit with: 0 only when every minion ended well. */
export async function showJob(events: AsyncIterable<Value>, options: ShowOptions): Promise<number> {
  const summary = createSummary();
  const held: Answer[] = [];
  const show = (answer: Answer): void => {
    if (options.isStatic) held.push(answer);
    else options.writer.write(new Map([[answer.minion, answer.value]]), answer.outputter);
  };
  const interrupted = announceInterrupt(() => summary.jid);
  let broken: unknown;
  try {
    for await (const event of events) {
      if (!isDict(event)) continue;
      if (event.get('kind') === 'submitted') begin(event, summary, options);
      else takeEvent(event, { summary, options, show });
    }
  } catch (error) {
    // What arrived until then is shown all the same.
    broken = error;
  } finally {
    interrupted.stop();
  }
  if (options.isStatic) writeHeld(held, options);
  if (options.showsSummary) process.stdout.write(summary.text());
  if (broken !== undefined) throw withJob(broken, summary.jid);
  if (summary.isGood()) return 0;
  process.stderr.write(summary.complaint());
  return 1;
}

function begin(event: Dict, summary: ReturnType<typeof createSummary>, { showsJid }: ShowOptions): void {
  summary.begin(pythonStr(event.get('jid') ?? ''), (event.get('minions') as Value[]).map(pythonStr));
  if (!showsJid) return;
  const line = `Executing job with jid ${summary.jid}`;
  process.stdout.write(`${line}\n${'-'.repeat(line.length)}\n\n`);
}

interface Taking {
  readonly summary: ReturnType<typeof createSummary>;
  readonly options: ShowOptions;
  readonly show: (answer: Answer) => void;
}

function takeEvent(event: Dict, { summary, options, show }: Taking): void {
  const ending = readEnding(event);
  if (ending === undefined) return;
  const { minion, status, value, hasAnswered, outputter } = ending;
  summary.add(ending);
  if (!hasAnswered && !options.showsMissing) return;
  show({ minion, value: hasAnswered ? value : textForStatus(status, summary.jid), outputter });
}

interface MinionEnding {
  readonly minion: string;
  readonly status: string;
  readonly retcode: number;
  readonly value: Value;
  readonly hasAnswered: boolean;
  readonly outputter: string | undefined;
}

/** How a minion ended, if the event tells that. */
function readEnding(event: Dict): MinionEnding | undefined {
  const {
    kind,
    minion,
    status,
    retcode = 1,
    outputter,
  } = toPlain(event) as {
    readonly kind: string;
    readonly minion: string;
    readonly status: string;
    readonly retcode?: number;
    readonly outputter?: string;
  };
  if (kind === 'unreachable') {
    return {
      minion,
      status: status === 'queued' ? status : kind,
      retcode,
      value: null,
      hasAnswered: false,
      outputter: undefined,
    };
  }
  if (kind !== 'return') return undefined;
  const value = event.get('value') ?? null;
  const hasAnswered = status === 'ok' || status === 'failed' || value !== null;
  return { minion, status, retcode, value, hasAnswered, outputter };
}

function writeHeld(held: readonly Answer[], { writer, mergesDocumentation }: ShowOptions): void {
  const sorted = held.toSorted((a, b) => (a.minion < b.minion ? -1 : 1));
  if (mergesDocumentation) {
    const merged = sorted.flatMap(({ value }) => (isDict(value) ? [...value] : []));
    writer.write(
      new Map(merged.toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)))),
      sorted[0]?.outputter,
    );
    return;
  }
  writer.write(new Map(sorted.map(({ minion, value }) => [minion, value])), sorted[0]?.outputter);
}

/** A job that is known goes on without its watcher: says so, and how to watch again. */
function withJob(error: unknown, jid: string): unknown {
  if (jid === '' || !isAppError(error, 'master-lost')) return error;
  return cliError('master-lost', `${error.message}. ${howToGoOn(jid)}`, { cause: error });
}

function howToGoOn(jid: string): string {
  const lines = [
    'follow it:   salt-run jobs.follow',
    'see it:      salt-run jobs.list_job',
    'stop it:     salt-run jobs.cancel',
  ];
  return [`The job goes on as ${jid}.`, ...lines.map((line) => `  ${line} ${jid}`)].join('\n');
}

/** Ctrl-C ends the watching, not the job, and says how to watch again. */
function announceInterrupt(jid: () => string): { stop(): void } {
  const onInterrupt = (): void => {
    process.stderr.write(jid() === '' ? '\nExiting on keyboard interrupt\n' : `\n${howToGoOn(jid())}\n`);
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  return { stop: () => void process.removeListener('SIGINT', onInterrupt) };
}
