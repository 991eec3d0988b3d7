import type { Logger } from '@brine/common';
import { decodeRecord } from './journal-record.ts';
import { isProcessAlive } from './own-process.ts';
import { replayRun, type RecordedRun } from './recorded-run.ts';
import type { RunFileStore } from './run-file-store.ts';

/** What a run left whose process is no more, or which ended before its time. */
export interface LeftRun extends RecordedRun {
  /** The name of its journal. */
  readonly file: string;
}

/** Reads what all runs but those that still run have left, oldest first. */
export async function findLeftRuns(store: RunFileStore): Promise<readonly LeftRun[]> {
  const left: LeftRun[] = [];
  for (const file of await store.list()) {
    const run = replayRun((await store.read(file)).map(decodeRecord));
    if (run.header === undefined || !isProcessAlive(run.header.process)) left.push({ ...run, file });
  }
  return left;
}

const mostNamed = 200;

/** Answers what the killed state run of a job had done, in words; `undefined` when it left nothing readable. */
export function createInterruptedReader(
  store: RunFileStore,
  log: Logger,
): (jid: string) => Promise<string | undefined> {
  return async (jid) => {
    try {
      const runs = (await findLeftRuns(store)).filter(({ header }) => header?.jid === jid);
      return runs.length === 0 ? undefined : runs.map(describe).join('\n');
    } catch (error) {
      log.warn('journal of a state run cannot be read', { jid, error });
      return undefined;
    }
  };
}

function describe({ header, done, inProgress, notBegun }: LeftRun): string {
  const groups = [
    ['done', done],
    ['in progress', inProgress],
    ['not begun', notBegun],
  ] as const;
  const lines = groups.flatMap(([what, tags]) => [`  ${what}: ${tags.length}`, ...nameSteps(tags)]);
  return [`${header?.function ?? 'state run'}:`, ...lines].join('\n');
}

function nameSteps(tags: readonly string[]): string[] {
  const named = tags.slice(0, mostNamed).map((tag) => `    ${stepName(tag)}`);
  return tags.length > mostNamed ? [...named, `    and ${tags.length - mostNamed} more`] : named;
}

/** `module.function: id` of the step with a tag. */
export function stepName(tag: string): string {
  const parts = tag.split('_|-');
  return `${parts[0] ?? ''}.${parts.at(-1) ?? ''}: ${parts[1] ?? ''}`;
}
