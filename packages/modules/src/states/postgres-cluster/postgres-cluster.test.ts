import { describeState, type FakeProgram } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const rows: FakeProgram = (_, machine) => `${(machine.facts.get('rows') as readonly string[]).join('\n')}\n`;
const create: FakeProgram = (words, machine) => {
  const [version = '', name = ''] = words[0] === '--port' ? words.slice(2) : words;
  if (name === 'broken') return { exitCode: 1, stderr: 'Error: invalid locale\n' };
  const row = `${version} ${name} ${words[1] ?? ''} down postgres /srv/${name} /var/log/x`;
  machine.facts.set('rows', [...(machine.facts.get('rows') as readonly string[]), row]);
  return '';
};
const drop: FakeProgram = ([, version = '', name = ''], machine) => {
  const left = (machine.facts.get('rows') as readonly string[]).filter((row) => !row.startsWith(`${version} ${name} `));
  machine.facts.set('rows', left);
  return '';
};
const before = {
  programs: { pg_lsclusters: rows, pg_createcluster: create, pg_dropcluster: drop },
  facts: { rows: ['15 main 5432 online postgres /var/lib/postgresql/15/main /var/log/postgresql/15-main.log'] },
};

describeState(present, [
  {
    title: 'makes a cluster',
    before,
    arguments: { name: 'shop', version: 15, port: 5433 },
    pending: { comment: 'Cluster 15/shop is set to be created', changes: { '15/shop': 'Present' } },
    applied: { comment: 'The cluster 15/shop has been created' },
  },
  { title: 'leaves one', before, arguments: { name: 'main', version: 15 }, ok: 'Cluster 15/main is already present' },
  {
    title: 'cannot move one',
    before,
    arguments: { name: 'main', version: 15, port: 1 },
    fails: "Cluster 15/main has wrong parameters which couldn't be changed on fly.",
  },
  {
    title: 'says why it cannot be made',
    before,
    arguments: { name: 'broken', version: 15 },
    pending: { comment: 'Cluster 15/broken is set to be created', changes: { '15/broken': 'Present' } },
    applied: {
      comment: 'Failed to create cluster 15/broken: pg_createcluster ended with status 1: Error: invalid locale',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'refuses a name that is an option',
    before,
    arguments: { name: '--stop', version: 15 },
    fails: 'The name --stop cannot be that of a cluster',
  },
]);

describeState(absent, [
  {
    title: 'removes a cluster',
    before,
    arguments: { name: 'main', version: 15 },
    pending: { comment: 'Cluster 15/main is set to be removed', changes: { main: 'Absent' } },
    applied: { comment: 'Cluster 15/main has been removed' },
  },
  {
    title: 'has nothing to do without it',
    before,
    arguments: { name: 'x', version: 15 },
    ok: 'Cluster 15/x is not present, so it cannot be removed',
  },
]);
