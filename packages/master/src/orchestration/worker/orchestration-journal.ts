import { pythonStr, type Clock, type Value } from '@brine/common';
import type { EndedStep, RunJournal, RunJournals, RunPin } from '@brine/sls';
import { asDict } from '../orchestration-record.ts';
import type { MasterAsker } from './master-asker.ts';
import { decodeEnded, decodePinned, encodeEnded, encodePinned, interruptedResult } from './step-codec.ts';

/** What is written down of an orchestration, by the master that asked for it. */
export interface OrchestrationJournal {
  readonly journals: RunJournals;
  readonly pin: RunPin;
  readonly isRetryable: (tag: string) => boolean;
}

/** Creates the journal. Only the run that the orchestration is, is written down; runs that its steps start are not. */
export function createOrchestrationJournal(asker: MasterAsker, clock: Clock): OrchestrationJournal {
  const retryable = new Set<string>();
  let isOpened = false;
  let isPinned = false;
  return {
    isRetryable: (tag) => retryable.has(tag),
    pin: {
      async read() {
        if (isPinned) return undefined;
        const value = await asker.ask('pin.read');
        isPinned = value !== null;
        return value === null ? undefined : decodePinned(value);
      },
      async write(run) {
        if (isPinned) return;
        isPinned = true;
        await asker.ask('pin.write', { compiled: encodePinned(run) });
      },
    },
    journals: {
      async open({ steps, test }) {
        if (isOpened || test) return unwritten;
        isOpened = true;
        for (const { tag, chunk } of steps) if (chunk.get('retryable') === true) retryable.add(tag);
        return openJournal(asker, { clock, retryable });
      },
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();
const unwritten: RunJournal = { due: new Map(), begin: nothing, changing: nothing, end: nothing, close: nothing };

interface JournalParts {
  readonly clock: Clock;
  readonly retryable: ReadonlySet<string>;
}

async function openJournal(asker: MasterAsker, { clock, retryable }: JournalParts): Promise<RunJournal> {
  const steps = asDict(await asker.ask('journal.read'));
  const ended = new Map<string, EndedStep>();
  for (const [tag, value] of asDict(steps.get('ended'))) ended.set(pythonStr(tag), decodeEnded(value));
  for (const key of asDict(steps.get('changing')).keys()) {
    const tag = pythonStr(key);
    // What a `salt` state begins is known to the master, which takes it up.
    if (ended.has(tag) || tag.startsWith('salt_|-') || retryable.has(tag)) continue;
    ended.set(tag, { outcome: interruptedResult(clock.now()), runNumber: ended.size });
  }
  return {
    due: new Map(),
    ended,
    begin: nothing,
    changing: async ({ tag }) => void (await asker.ask('journal.changing', { tag })),
    end: async ({ tag }, { ended: outcome }) => {
      if (outcome === undefined) return;
      await asker.ask('journal.ended', { tag, outcome: encodeEnded(outcome) as Value });
    },
    close: nothing,
  };
}
