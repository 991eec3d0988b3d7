import type { Redactor } from '@brine/common';
import type { RunJournal, RunJournals, Step } from '@brine/sls';

/**
 * The same journals without secrets in the tags that they keep. Fingerprints are the same in the next run, so that it
 * still finds what is due.
 */
export function redactJournals(journals: RunJournals, redactor: Redactor): RunJournals {
  return {
    open: async (run) => {
      if (redactor.isOpen) return journals.open(run);
      const hidden = new Map(run.steps.map(({ tag }) => [tag, redactor.text(tag)]));
      const hide = (tag: string): string => hidden.get(tag) ?? redactor.text(tag);
      const steps = run.steps.map((step) => ({ ...step, tag: hide(step.tag) }));
      const shown = new Map(Array.from(hidden, ([tag, written]) => [written, tag]));
      return translate(await journals.open({ ...run, steps }), hide, (written) => shown.get(written) ?? written);
    },
  };
}

type Rename = (tag: string) => string;

function translate(journal: RunJournal, hide: Rename, show: Rename): RunJournal {
  const written = (step: Step): Step => ({ ...step, tag: hide(step.tag) });
  return {
    due: new Map(
      Array.from(journal.due, ([follower, changed]) => [show(follower), new Set(Array.from(changed, show))]),
    ),
    begin: (step) => journal.begin(written(step)),
    changing: (step, followers) => journal.changing(written(step), followers.map(hide)),
    end: (step, outcome) => journal.end(written(step), outcome),
    close: ({ isComplete, settled }) => journal.close({ isComplete, settled: settled.map(hide) }),
  };
}
