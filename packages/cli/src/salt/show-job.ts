import {
  compareTexts,
  isAppError,
  isDict,
  missingMinions,
  pythonRepr,
  pythonStr,
  type Dict,
  type Target,
  type Value,
} from '@brine/common';
import { cliError } from '../errors.ts';
import { createJobView, type JobView, type LiveMode } from '../live/job-view.ts';
import type { AboutAnswers, OutputWriter } from '../output/output-writer.ts';
import { nobody, readEnding, type MinionEnding } from './minion-ending.ts';
import { textForStatus } from './status-text.ts';
import { createSummary, type Summary } from './summary.ts';

/** How a followed job is shown. */
export interface ShowOptions {
  readonly writer: OutputWriter;
  /** Everything at once, at the end. */
  readonly isStatic: boolean;
  /** The id of the job before all else: underlined, or in few words. */
  readonly showsJid?: 'title' | 'word' | undefined;
  /** Minions that did not answer are named. */
  readonly showsMissing: boolean;
  readonly showsSummary: boolean;
  /** State runs tell the pillar that they worked with. */
  readonly showsPillarVersion: boolean;
  /** All answers are one documentation, whoever gave it (`sys.doc`). */
  readonly mergesDocumentation: boolean;
  /** How its going on is shown. */
  readonly live: LiveMode;
  /** Answers are counted and not shown (`--progress`). */
  readonly hidesAnswers?: boolean;
  /** Whom the job was meant for. */
  readonly target?: Target;
  /** Whether a batch was asked for; one that was not is said to be one. */
  readonly isBatch?: boolean;
}

interface Answer {
  readonly minion: string;
  readonly value: Value;
  readonly outputter: string | undefined;
  readonly pillarVersion: string | undefined;
}

/** Shows a job while it goes on; resolves with the status to exit with: 0 only when every minion ended well. */
export async function showJob(events: AsyncIterable<Value>, options: ShowOptions): Promise<number> {
  const summary = createSummary();
  const held: Answer[] = [];
  const view = createJobView(options.live);
  const write: WriteAnswers = (answers, outputter, of) =>
    options.writer.write(answers, outputter, (text) => view.print(text), aboutAnswers(of, options));
  const show = (answer: Answer): void => {
    if (options.isStatic) held.push(answer);
    else if (options.hidesAnswers !== true) write(new Map([[answer.minion, answer.value]]), answer.outputter, [answer]);
  };
  const interrupted = announceInterrupt(() => summary.jid, view);
  const taking: Taking = { summary, options, show, view, batches: 0, missing: [] };
  let broken: unknown;
  try {
    for await (const event of events) {
      if (isDict(event)) takeEvent(event, taking);
    }
    for (const minion of taking.missing) takeEnding(nobody(minion), taking);
  } catch (error) {
    // What arrived until then is shown all the same.
    broken = error;
  } finally {
    interrupted.stop();
    view.stop();
  }
  if (options.isStatic) writeHeld(held, options, write);
  if (options.showsSummary) process.stdout.write(summary.text());
  if (broken !== undefined) throw withJob(broken, summary.jid);
  if (summary.isGood()) return 0;
  process.stderr.write(summary.complaint({ namesSilent: options.showsMissing }));
  return 1;
}

type WriteAnswers = (answers: Dict, outputter: string | undefined, of: readonly Answer[]) => void;

function aboutAnswers(answers: readonly Answer[], { showsPillarVersion }: ShowOptions): AboutAnswers {
  if (!showsPillarVersion) return {};
  const versions = answers.flatMap(({ minion, pillarVersion }) =>
    pillarVersion === undefined ? [] : [[minion, pillarVersion] as const],
  );
  return { pillarVersions: new Map(versions) };
}

interface Taking {
  readonly summary: Summary;
  readonly options: ShowOptions;
  readonly show: (answer: Answer) => void;
  readonly view: JobView;
  /** How many batches were announced. */
  batches: number;
  /** Those of the target that are no minions. */
  missing: readonly string[];
}

function takeEvent(event: Dict, taking: Taking): void {
  taking.view.take(event);
  if (event.get('kind') === 'submitted') begin(event, taking);
  if (event.get('kind') === 'batch') announceBatch(event, taking);
  const ending = readEnding(event);
  if (ending !== undefined) takeEnding(ending, taking);
}

function takeEnding(ending: MinionEnding, { summary, options, show, view }: Taking): void {
  const { minion, status, value, retcode, hasAnswered, outputter, pillarVersion } = ending;
  summary.add(ending);
  view.ended(minion, status === 'ok' && retcode === 0);
  if (!hasAnswered && !options.showsMissing) return;
  show({ minion, value: hasAnswered ? value : textForStatus(status, summary.jid), outputter, pillarVersion });
}

function begin(event: Dict, taking: Taking): void {
  const { summary, options, view } = taking;
  const minions = (event.get('minions') as Value[]).map(pythonStr);
  taking.missing = options.target === undefined ? [] : missingMinions(options.target, minions);
  summary.begin(pythonStr(event.get('jid') ?? ''), [...minions, ...taking.missing]);
  if (options.showsJid === 'word') view.print(`jid: ${summary.jid}\n`);
  if (options.showsJid !== 'title') return;
  const line = `Executing job with jid ${summary.jid}`;
  view.print(`${line}\n${'-'.repeat(line.length)}\n\n`);
}

/** Says which minions have their turn; beside what programs read it goes to standard error. */
function announceBatch(event: Dict, taking: Taking): void {
  const { options, view } = taking;
  if (options.isStatic || options.hidesAnswers === true) return;
  const minions = event.get('minions') as Value[];
  const isSwitched = options.isBatch === false && taking.batches === 0;
  const notice = isSwitched ? '\nNOTICE: Too many minions targeted, switching to batch execution.\n' : '';
  taking.batches += 1;
  const text = `${notice}\nExecuting run on ${pythonRepr(minions)}\n\n`;
  if (options.writer.isForPeople) view.print(text);
  else process.stderr.write(text);
}

function writeHeld(held: readonly Answer[], { mergesDocumentation }: ShowOptions, write: WriteAnswers): void {
  const sorted = held.toSorted((a, b) => (a.minion < b.minion ? -1 : 1));
  if (mergesDocumentation) {
    const merged = sorted.flatMap(({ value }) => (isDict(value) ? [...value] : []));
    write(new Map(merged.toSorted(([a], [b]) => compareTexts(pythonStr(a), pythonStr(b)))), sorted[0]?.outputter, []);
    return;
  }
  write(new Map(sorted.map(({ minion, value }) => [minion, value])), sorted[0]?.outputter, sorted);
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
function announceInterrupt(jid: () => string, view: JobView): { stop(): void } {
  const onInterrupt = (): void => {
    view.stop();
    process.stderr.write(jid() === '' ? '\nExiting on keyboard interrupt\n' : `\n${howToGoOn(jid())}\n`);
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  return { stop: () => void process.removeListener('SIGINT', onInterrupt) };
}
