import type { Value } from '@brine/common';
import { harmless } from '../live/columns.ts';
import { changesOf, failuresOf } from './state-failures.ts';

/** How one minion ended. */
export interface Ending {
  readonly minion: string;
  readonly status: string;
  readonly retcode: number;
  readonly value: Value;
  readonly hasAnswered: boolean;
}

/** Counts how a job ended. */
export interface Summary {
  readonly jid: string;
  begin(jid: string, minions: readonly string[]): void;
  add(ending: Ending): void;
  /** Whether every minion ended well. */
  isGood(): boolean;
  /** What `--summary` prints. */
  text(): string;
  /** What is said on standard error when not every minion ended well: the same failures together. */
  complaint(options: { readonly namesSilent: boolean }): string;
}

/** Of an ending only what is counted is kept: answers may be large. */
interface Counted {
  readonly status: string;
  readonly hasAnswered: boolean;
  readonly changed: number | undefined;
  readonly failures: readonly string[];
}

/** Creates an empty summary. */
export function createSummary(): Summary {
  const endings = new Map<string, Counted>();
  let targeted: readonly string[] = [];
  let jid = '';
  // A durable job that waits for a minion does what was asked.
  const waiting = (): readonly string[] => targeted.filter((minion) => endings.get(minion)?.status === 'queued');
  const silent = (): readonly string[] =>
    targeted.filter((minion) => endings.get(minion)?.hasAnswered !== true && endings.get(minion)?.status !== 'queued');
  const failed = (): readonly string[] =>
    [...endings].flatMap(([minion, { hasAnswered, failures }]) => (hasAnswered && failures.length > 0 ? [minion] : []));
  const changed = (): readonly string[] =>
    [...endings].flatMap(([minion, ending]) => ((ending.changed ?? 0) > 0 ? [minion] : []));
  return {
    get jid() {
      return jid;
    },
    begin(given, minions) {
      jid = given;
      targeted = minions;
    },
    add: (ending) => void endings.set(ending.minion, countEnding(ending)),
    isGood: () => silent().length === 0 && failed().length === 0,
    text: () =>
      summaryText({
        ...{ targeted, silent: silent(), waiting: waiting(), failed: failed(), changed: changed() },
        lines: failureLines(endings),
      }),
    complaint({ namesSilent }) {
      const lines = [
        ...(failed().length > 0 ? ['ERROR: Minions returned with non-zero exit code'] : []),
        // The answer of a single minion has just been read.
        ...(targeted.length > 1 ? failureLines(endings) : []),
        ...silentLines({ targeted, silent: silent() }, namesSilent),
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

function countEnding({ status, retcode, value, hasAnswered }: Ending): Counted {
  const isGood = status === 'ok' && retcode === 0;
  return {
    ...{ status, hasAnswered, changed: changesOf(value) },
    failures: isGood || !hasAnswered ? [] : failuresOf(value),
  };
}

interface SummaryParts {
  readonly targeted: readonly string[];
  readonly silent: readonly string[];
  readonly waiting: readonly string[];
  readonly failed: readonly string[];
  readonly changed: readonly string[];
  readonly lines: readonly string[];
}

function summaryText({ targeted, silent, waiting, failed, changed, lines }: SummaryParts): string {
  const rule = '-'.repeat(43);
  return [
    ...['', rule, 'Summary', rule],
    `# of minions targeted: ${targeted.length}`,
    `# of minions returned: ${targeted.length - silent.length - waiting.length}`,
    ...(waiting.length > 0 ? [`# of minions the job waits for: ${waiting.length}`] : []),
    `# of minions that did not return: ${silent.length}`,
    `# of minions with errors: ${failed.length}`,
    ...(changed.length > 0 ? [`# of minions with changes: ${changed.length}`] : []),
    ...(silent.length > 0 ? [`Minions not responding: ${silent.join(' ')}`] : []),
    ...(failed.length > 0 ? [`Minions with failures: ${failed.join(' ')}`, ...lines] : []),
    ...[rule, ''],
  ].join('\n');
}

/** More lines than this are counted only. */
const shownFailures = 20;

/** `17 minions: nginx.sls:12 pkg nginx: Unable to locate package`, what most have first. */
function failureLines(endings: ReadonlyMap<string, Counted>): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const [minion, { failures }] of endings) {
    for (const failure of new Set(failures)) groups.set(failure, [...(groups.get(failure) ?? []), minion]);
  }
  const sorted = [...groups].toSorted(([, a], [, b]) => b.length - a.length);
  const lines = sorted.slice(0, shownFailures).map(([failure, minions]) => {
    const [only] = minions;
    return harmless(`  ${minions.length === 1 ? only : `${minions.length} minions`}: ${failure}`);
  });
  return sorted.length > shownFailures ? [...lines, `  and ${sorted.length - shownFailures} more`] : lines;
}

function silentLines(
  { targeted, silent }: Pick<SummaryParts, 'targeted' | 'silent'>,
  namesThem: boolean,
): readonly string[] {
  if (silent.length === 0) return [];
  const count = `ERROR: ${silent.length} of ${targeted.length} minions did not return`;
  if (!namesThem) return [count];
  const names = silent.slice(0, 50).join(', ');
  const rest = silent.length > 50 ? ` and ${silent.length - 50} more` : '';
  return [`${count}: ${names}${rest}`];
}
