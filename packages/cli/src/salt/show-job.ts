import { isDict, toPlain, type Dict, type Value } from '@brine/common';
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
  try {
    for await (const event of events) {
      if (!isDict(event)) continue;
      if (event.get('kind') === 'submitted') begin(event, summary, options);
      else takeEvent(event, { summary, options, show });
    }
  } finally {
    interrupted.stop();
  }
  if (options.isStatic) writeHeld(held, options);
  if (options.showsSummary) process.stdout.write(summary.text());
  if (summary.isGood()) return 0;
  process.stderr.write(summary.complaint());
  return 1;
}

function begin(event: Dict, summary: ReturnType<typeof createSummary>, { showsJid }: ShowOptions): void {
  summary.begin(String(event.get('jid')), (event.get('minions') as Value[]).map(String));
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
  const kind = event.get('kind');
  if (kind !== 'return' && kind !== 'unreachable') return;
  const { minion, status, retcode } = toPlain(event) as { minion: string; status: string; retcode?: number };
  const value = event.get('value') ?? null;
  const hasAnswered = kind === 'return' && (status === 'ok' || status === 'failed' || value !== null);
  summary.add({ minion, status: kind === 'unreachable' ? 'unreachable' : status, retcode: retcode ?? 1, hasAnswered });
  if (!hasAnswered && !options.showsMissing) return;
  const outputter = event.get('outputter');
  const shown = hasAnswered ? value : textForStatus(kind === 'unreachable' ? 'unreachable' : status, summary.jid);
  show({ minion, value: shown, outputter: typeof outputter === 'string' ? outputter : undefined });
}

function writeHeld(held: readonly Answer[], { writer, mergesDocumentation }: ShowOptions): void {
  const sorted = held.toSorted((a, b) => (a.minion < b.minion ? -1 : 1));
  if (mergesDocumentation) {
    const merged = sorted.flatMap(({ value }) => (isDict(value) ? [...value] : []));
    writer.write(new Map(merged.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))), sorted[0]?.outputter);
    return;
  }
  writer.write(new Map(sorted.map(({ minion, value }) => [minion, value])), sorted[0]?.outputter);
}

/** Ctrl-C ends the watching, not the job, and says how to watch again. */
function announceInterrupt(jid: () => string): { stop(): void } {
  const onInterrupt = (): void => {
    process.stderr.write(
      jid() === ''
        ? '\nExiting on keyboard interrupt\n'
        : `\nThe job goes on as ${jid()}.\n  follow it:   salt-run jobs.follow ${jid()}\n  see it:      salt-run jobs.list_job ${jid()}\n  stop it:     salt-run jobs.cancel ${jid()}\n`,
    );
    process.exit(130);
  };
  process.once('SIGINT', onInterrupt);
  return { stop: () => void process.removeListener('SIGINT', onInterrupt) };
}
