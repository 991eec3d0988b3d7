import { encodeValue, parseJid, toValue, type Jid, type MinionId, type Plain } from '@brine/common';
import { expect, it } from 'vitest';
import type { RunnerContext } from './define-runner.ts';
import { listJob, listJobsFilter, lookupJid } from './jobs.ts';

const jid = parseJid('20261121070000123456') as Jid;
const job = {
  ...{ jid, fun: 'test.ping', positional: encodeValue([]), keyword: encodeValue(new Map()), user: 'root' },
  ...{ target: { type: 'glob', expression: '*' }, createdAt: 0, notAfter: 5000 },
} as const;
const deliveries = [
  { jid, minion: 'web1' as MinionId, status: 'ok', updatedAt: 1, value: encodeValue(true), retcode: 0 },
  { jid, minion: 'web2' as MinionId, status: 'queued', updatedAt: 1 },
];

/** What runners told, and a context that notes it. */
function recording(): { readonly told: [string, Plain][]; readonly context: RunnerContext } {
  const told: [string, Plain][] = [];
  const context = {
    ...{ caller: { via: 'socket', user: 'root' }, jid: '20261121080000000000', setOutputter: () => {} },
    store: {
      findJob: () => Promise.resolve(job),
      deliveries: () => Promise.resolve(deliveries),
      listJobs: () => Promise.resolve([job]),
    },
    events: { emit: (tag: string, payload: Plain) => void told.push([tag, payload]) },
  };
  return { told, context: context as unknown as RunnerContext };
}

const tag = 'salt/run/20261121080000000000/progress';

it('tells of the progress when that is wanted, as Salt does', async () => {
  const { told, context } = recording();
  const args = { jid, returned: true, missing: true, display_progress: true };
  expect(await lookupJid.run(args, context)).toEqual(toValue({ web1: true, web2: 'Minion did not return' }));
  expect(told).toEqual([
    [tag, { message: 'Querying returner: local_cache' }],
    [tag, { message: 'web1' }],
  ]);
  await listJob.run({ jid, display_progress: true }, context);
  await listJobsFilter.run({ count: 1, filter_find_job: true, display_progress: true }, context);
  expect(told.slice(2)).toEqual([
    [tag, { message: 'Querying returner: local_cache' }],
    [tag, { message: 'Querying returner local_cache for jobs.' }],
  ]);
});

it('tells nothing otherwise', async () => {
  const { told, context } = recording();
  expect(await lookupJid.run({ jid, returned: true, missing: false, display_progress: false }, context)).toEqual(
    toValue({ web1: true }),
  );
  expect(told).toEqual([]);
});
