import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { describeRealState } from '@brine/testkit';
import { present } from './present.ts';

const uid = (): number => Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }));
const open = async (folder: string): Promise<void> => {
  chmodSync(folder, 0o755);
  chownSync(folder, uid(), 0);
};

describeRealState(present, [
  {
    title: 'makes a data directory whose password nobody sees',
    before: open,
    arguments: (folder) => ({ name: `${folder}/data`, password: 'geheim', auth: 'scram-sha-256', checksums: true }),
    pending: (folder) => ({
      comment: `Postgres data directory ${folder}/data is set to be initialized`,
      changes: { [`${folder}/data`]: 'Present' },
    }),
    applied: (folder) => ({ comment: `Postgres data directory ${folder}/data has been initialized` }),
    after: async (folder, host) => {
      const access = Buffer.from((await host.files.read(`${folder}/data/pg_hba.conf`)) ?? '').toString();
      if (!access.includes('scram-sha-256')) throw new Error('accounts need no password');
      if (String(await host.files.list(folder)) !== 'data') throw new Error('the password was left behind');
    },
  },
  {
    title: 'refuses to make one that nobody could use',
    arguments: (folder) => ({ name: `${folder}/data` }),
    fails: (folder) => `Postgres data directory ${folder}/data initialization failed: auth password needs a password`,
  },
]);
