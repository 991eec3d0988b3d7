import { toValue, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

it("lists, makes and removes clusters by Debian's programs", async () => {
  const host = createFakeHost({
    programs: {
      pg_lsclusters: () => '15  main 5432 online postgres /var/lib/postgresql/15/main /var/log/x.log\n',
      pg_createcluster: () => 'made\n',
      pg_dropcluster: (words) => (words.includes('gone') ? { exitCode: 1, stderr: 'Error: no such\n' } : ''),
    },
  });
  const call = async (name: string, positional: readonly Plain[] = [], keyword = {}) =>
    callScratch(`postgres.${name}`, { positional, keyword, host });
  expect((await call('cluster_list')).value).toEqual(['15/main']);
  expect((await call('cluster_list', [true])).value).toEqual(
    toValue({
      '15/main': {
        ...{ port: 5432, status: 'online', user: 'postgres' },
        ...{ datadir: '/var/lib/postgresql/15/main', log: '/var/log/x.log' },
      },
    }),
  );
  const wish = { port: 6000, data_checksums: true };
  expect((await call('cluster_create', ['15', 'two'], wish)).value).toEqual(
    toValue({ pid: 4242, retcode: 0, stdout: 'made', stderr: '' }),
  );
  expect((await call('cluster_remove', ['15', 'two'], { stop: true })).value).toEqual(
    toValue({ pid: 4242, retcode: 0, stdout: '', stderr: '', changes: 'Successfully removed cluster 15/two' }),
  );
  expect((await call('cluster_remove', ['15', 'gone'])).retcode).toBe(1);
  expect(host.started.map(({ command }) => (command as readonly string[]).join(' '))).toEqual([
    'pg_createcluster --port=6000 15 two -- --data-checksums',
    'pg_dropcluster --stop 15 two',
    'pg_dropcluster 15 gone',
  ]);
});
