import { createRedactor } from '@brine/common';
import type { RunJournals, Step } from '@brine/sls';
import { expect, it } from 'vitest';
import { redactJournals } from './redact-journals.ts';

const step = (tag: string): Step => ({ tag }) as Step;

it('writes fingerprints and finds what an earlier run left due by them', async () => {
  const redactor = createRedactor({ secrets: [{ text: 'tr0ub4dor' }], key: new Uint8Array(32) });
  const written: unknown[] = [];
  const journals: RunJournals = {
    open: async ({ steps }) => {
      written.push(['open', steps.map(({ tag }) => tag)]);
      return {
        due: new Map([['b secret#204741', new Set(['a secret#204741', 'gone'])]]),
        begin: async ({ tag }) => void written.push(['begin', tag]),
        changing: async ({ tag }, followers) => void written.push(['changing', tag, followers]),
        end: async ({ tag }) => void written.push(['end', tag]),
        close: async ({ settled }) => void written.push(['close', settled]),
      };
    },
  };
  const [a, b] = [step('a tr0ub4dor'), step('b tr0ub4dor')];
  const journal = await redactJournals(journals, redactor).open({
    function: 'state.apply',
    test: false,
    steps: [a, b],
  });
  await journal.begin(a);
  await journal.changing(a, [b.tag]);
  await journal.end(a, { changed: true });
  await journal.close({ isComplete: true, settled: [b.tag] });
  expect(journal.due).toEqual(new Map([['b tr0ub4dor', new Set(['a tr0ub4dor', 'gone'])]]));
  expect(written).toEqual([
    ['open', ['a secret#204741', 'b secret#204741']],
    ['begin', 'a secret#204741'],
    ['changing', 'a secret#204741', ['b secret#204741']],
    ['end', 'a secret#204741'],
    ['close', ['b secret#204741']],
  ]);
});
