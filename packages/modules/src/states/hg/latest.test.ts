import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describeRealState } from '@brine/testkit';
import { latest } from './latest.ts';

const environment = { ...process.env, HGUSER: 'a tester', HGPLAIN: '1' };

function hg(...words: string[]): string {
  return execFileSync('hg', words, { env: environment, encoding: 'utf8' }).trim();
}

async function source(folder: string): Promise<void> {
  hg('init', `${folder}/source`);
  writeFileSync(`${folder}/source/a`, 'one\n');
  hg('-R', `${folder}/source`, 'commit', '-q', '-A', '-m', 'first', '-d', '0 0');
}

async function behind(folder: string): Promise<void> {
  await source(folder);
  hg('clone', '-q', `${folder}/source`, `${folder}/clone`);
  writeFileSync(`${folder}/source/a`, 'two\n');
  hg('-R', `${folder}/source`, 'commit', '-q', '-m', 'second', '-d', '1 0');
}

const revision = (folder: string, number: string): string =>
  hg('-R', `${folder}/source`, 'identify', '--id', '-r', number);
const args = (folder: string): Record<string, string> => ({ name: `${folder}/source`, target: `${folder}/clone` });

describeRealState(latest, [
  {
    title: 'clones a repository',
    before: source,
    arguments: args,
    pending: (folder) => ({
      comment: `Repository ${folder}/source is about to be cloned to ${folder}/clone`,
      changes: { new: `${folder}/source`, revision: 'tip' },
    }),
    applied: (folder) => ({ comment: `Repository ${folder}/source cloned to ${folder}/clone` }),
  },
  {
    title: 'keeps a directory that has anything',
    before: async (folder) => {
      await source(folder);
      mkdirSync(`${folder}/clone`);
      writeFileSync(`${folder}/clone/x`, 'x');
    },
    arguments: args,
    fails: () => 'Directory exists, and is not empty',
  },
  {
    title: 'takes no option for a revision',
    before: source,
    arguments: (folder) => ({ ...args(folder), rev: '--config=x' }),
    fails: () => '--config=x would be taken as an option',
  },
]);
describeRealState(latest, [
  {
    title: 'brings a clone to the newest state',
    before: behind,
    arguments: args,
    pending: (folder) => ({
      comment: `Repository ${folder}/clone update is probably required (current revision is ${revision(folder, '0')})`,
      changes: { revision: `${revision(folder, '0')} => ${revision(folder, '1')}` },
    }),
    applied: (folder) => ({ comment: `Repository ${folder}/clone updated.` }),
  },
]);
