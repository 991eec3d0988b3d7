import { createRedactor, openRedactor, toPlain, toValue, type Dict } from '@brine/common';
import type { RequestStore } from '@brine/sls';
import { expect, it } from 'vitest';
import { redactRequests } from './redact-requests.ts';

it('keeps foretold runs without secrets, and arguments as they are', async () => {
  let kept: Dict = new Map();
  const store: RequestStore = {
    read: () => Promise.resolve(kept),
    write: (requests) => Promise.resolve(void (kept = requests)),
  };
  const requests = toValue({
    default: {
      test_run: { comment: 'would write hunter22secret' },
      mods: 'web',
      kwargs: { pillar: { a: 'hunter22secret' } },
    },
  }) as Dict;
  await redactRequests(store, openRedactor).write(requests);
  expect(kept).toEqual(requests);
  const redactor = createRedactor({ secrets: [{ text: 'hunter22secret' }], key: new Uint8Array(32) });
  await redactRequests(store, redactor).write(requests);
  expect(toPlain(kept)).toEqual({
    default: {
      test_run: { comment: `would write ${redactor.text('hunter22secret')}` },
      mods: 'web',
      kwargs: { pillar: { a: 'hunter22secret' } },
    },
  });
  expect(redactor.text('hunter22secret')).not.toContain('hunter22');
});
