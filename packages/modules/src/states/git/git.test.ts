import { describeRealState } from '@brine/testkit';
import type { Host } from '../../kit/index.ts';
import { cloned } from './cloned.ts';
import { configSet } from './config-set.ts';
import { configUnset } from './config-unset.ts';
import { detached } from './detached.ts';
import { latest } from './latest.ts';
import { present } from './present.ts';

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  // Fixed times make fixed commits.
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

async function git(host: Host, ...args: readonly string[]): Promise<void> {
  const result = await host.run({ command: ['git', ...args], environment: identity });
  if (result.exitCode !== 0) throw new Error(result.stderr);
}

async function commit(host: Host, folder: string, text: string): Promise<void> {
  await host.files.write(`${folder}/origin/file`, Buffer.from(text));
  await git(host, '-C', `${folder}/origin`, 'add', 'file');
  await git(host, '-C', `${folder}/origin`, 'commit', '-q', '-m', text);
}

async function makeOrigin(folder: string, host: Host): Promise<void> {
  await git(host, 'init', '-q', '-b', 'main', `${folder}/origin`);
  await commit(host, folder, 'one');
}

async function makeOldClone(folder: string, host: Host): Promise<void> {
  await makeOrigin(folder, host);
  await git(host, 'clone', '-q', `${folder}/origin`, `${folder}/clone`);
  await commit(host, folder, 'two');
}

async function makeChangedClone(folder: string, host: Host): Promise<void> {
  await makeOrigin(folder, host);
  await commit(host, folder, 'two');
  await git(host, 'clone', '-q', `${folder}/origin`, `${folder}/clone`);
  await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
}

const one = 'd751549badda00d836fbd53700002b88f831c3f5';
const two = '5c90e001bf557b86db431f6d7cc90992c3f0b654';

function expectText(wanted: string): (folder: string, host: Host) => Promise<void> {
  return async (folder, host) => {
    const text = Buffer.from((await host.files.read(`${folder}/clone/file`)) ?? '').toString();
    if (text !== wanted) throw new Error(`the work tree has ${text}`);
  };
}

describeRealState(latest, [
  {
    title: 'clones a repository',
    before: makeOrigin,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'main' }),
    pending: (folder) => ({
      comment: `${folder}/origin would be cloned to ${folder}/clone`,
      changes: { new: `${folder}/origin => ${folder}/clone`, revision: { old: null, new: one } },
    }),
    applied: (folder) => ({ comment: `${folder}/origin cloned to ${folder}/clone` }),
    after: expectText('one'),
  },
  {
    title: 'moves a clone to the newest commit',
    before: makeOldClone,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    pending: (folder) => ({
      comment: `Repository ${folder}/clone would be updated`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({ comment: `Repository ${folder}/clone updated` }),
    after: expectText('two'),
  },
  {
    title: 'gives up no local changes unasked',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    fails: (folder) =>
      `Repository ${folder}/clone has uncommitted changes. Set 'force_reset' to True to force this update and discard these changes.`,
  },
  {
    title: 'gives up local changes when that is asked for',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, force_reset: true }),
    pending: (folder) => ({
      comment: `Repository ${folder}/clone would be updated`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({ comment: `Repository ${folder}/clone updated` }),
    after: expectText('two'),
  },
  {
    title: 'keeps local changes of a clone that is up to date, where only those of the remote count',
    before: makeChangedClone,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, force_reset: 'remote-changes' }),
    ok: (folder) =>
      `Repository ${folder}/clone is up-to-date, but with uncommitted changes. Set 'force_reset' to True to purge uncommitted changes.`,
  },
  {
    title: 'gives up local changes where the remote has others',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, force_reset: 'remote-changes' }),
    pending: (folder) => ({
      comment: `Repository ${folder}/clone would be updated`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({ comment: `Repository ${folder}/clone updated` }),
    after: expectText('two'),
  },
  {
    title: 'gives up local changes of a clone that is up to date',
    before: makeChangedClone,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, force_reset: true }),
    pending: (folder) => ({
      comment: `${folder}/clone is up-to-date, but with uncommitted changes. Since 'force_reset' is set to True, these local changes would be reset. To only reset when there are changes in the remote repository, set 'force_reset' to 'remote-changes'.`,
      changes: { 'forced update': true },
    }),
    applied: () => ({
      comment: `Uncommitted changes were discarded\nRepository was hard-reset to remote HEAD (${two.slice(0, 7)})`,
    }),
    after: expectText('two'),
  },
  {
    title: 'knows no revision that the remote does not have',
    before: makeOrigin,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'v9' }),
    fails: () => "No revision matching 'v9' exists in the remote repository",
  },
]);
describeRealState(cloned, [
  {
    title: 'clones once',
    before: makeOrigin,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    pending: (folder) => ({
      comment: `${folder}/origin would be cloned to ${folder}/clone`,
      changes: { new: `${folder}/origin => ${folder}/clone` },
    }),
    applied: (folder) => ({ comment: `${folder}/origin cloned to ${folder}/clone` }),
  },
  {
    title: 'leaves an old clone alone',
    before: makeOldClone,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, branch: 'main' }),
    ok: (folder) => `Repository already exists at ${folder}/clone and is checked out to branch 'main'`,
  },
]);
describeRealState(configSet, [
  {
    title: 'sets an option of a repository',
    before: makeOrigin,
    arguments: (folder) => ({ name: 'user.email', value: 'ci@example.org', repo: `${folder}/origin` }),
    pending: () => ({
      comment: "Local key 'user.email' would be added as 'ci@example.org'",
      changes: { new: ['ci@example.org'] },
    }),
    applied: () => ({ comment: "Local key 'user.email' was added as 'ci@example.org'" }),
  },
  {
    title: 'changes an option',
    before: makeOrigin,
    arguments: (folder) => ({ name: 'core.bare', value: 'true', repo: `${folder}/origin` }),
    pending: () => ({
      comment: "Local key 'core.bare' would be changed to 'true'",
      changes: { old: ['false'], new: ['true'] },
    }),
    applied: () => ({ comment: "Local key 'core.bare' was changed to 'true'" }),
  },
]);
describeRealState(configUnset, [
  {
    title: 'unsets an option',
    before: makeOrigin,
    arguments: (folder) => ({ name: 'core.filemode', repo: `${folder}/origin` }),
    pending: () => ({
      comment: "The key 'core.filemode' would be unset",
      changes: { 'core.filemode': ['true'] },
    }),
    applied: () => ({ comment: "The key 'core.filemode' was unset" }),
  },
  {
    title: 'has nothing to do without the option',
    before: makeOrigin,
    arguments: (folder) => ({ name: 'user.none', repo: `${folder}/origin` }),
    ok: () => 'No matching keys are set',
  },
]);
describeRealState(present, [
  {
    title: 'makes a bare repository',
    arguments: (folder) => ({ name: `${folder}/app.git` }),
    pending: (folder) => ({
      comment: 'New bare repository would be created',
      changes: { new: `${folder}/app.git` },
    }),
    applied: (folder) => ({ comment: `Initialized bare repository in ${folder}/app.git` }),
  },
  {
    title: 'makes a repository apart from its work tree in place of what is there when that is asked for',
    before: async (folder, host) => {
      await host.files.makeDirectory(`${folder}/app`);
      await host.files.write(`${folder}/app/mine`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/app`, bare: false, force: true, separate_git_dir: `${folder}/kept` }),
    pending: (folder) => ({
      comment: `Target directory ${folder}/app exists. Since force=True, the contents of ${folder}/app would be deleted, and a repository would be initialized in its place.`,
      changes: { 'forced init': true, new: `${folder}/app` },
    }),
    applied: (folder) => ({
      comment: `Initialized repository in ${folder}/app. Gitdir set to ${folder}/kept.`,
    }),
    after: async (folder, host) => {
      if ((await host.files.stat(`${folder}/kept/HEAD`)) === undefined) throw new Error('nothing is kept apart');
    },
  },
  {
    title: 'leaves alone what is no repository',
    before: async (folder, host) => {
      await host.files.write(`${folder}/mine`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: folder }),
    fails: (folder) =>
      `Target '${folder}' exists, is non-empty, and is not a git repository. Set the 'force' option to True to remove this directory's contents and proceed with initializing a repository`,
  },
  {
    title: 'knows a repository with a work tree',
    before: makeOrigin,
    arguments: (folder) => ({ name: `${folder}/origin`, bare: false }),
    ok: () => '',
  },
]);
describeRealState(detached, [
  {
    title: 'clones and checks a commit of a branch out',
    before: makeOrigin,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'main' }),
    pending: (folder) => ({
      comment: `Repository ${folder}/origin would be cloned to ${folder}/clone`,
      changes: { HEAD: { old: null, new: one } },
    }),
    applied: (folder) => ({
      comment: `${folder}/origin cloned to ${folder}/clone. Commit ID ${one} was checked out at ${folder}/clone.`,
    }),
    after: expectText('one'),
  },
  {
    title: 'fetches and checks a newer commit out',
    before: makeOldClone,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: two }),
    pending: (folder) => ({
      comment: `Commit ID ${two} would be checked out at ${folder}/clone`,
      changes: { HEAD: { old: one, new: two } },
    }),
    applied: (folder) => ({
      comment: `Remote origin was fetched, resulting in updated refs. Commit ID ${two} was checked out at ${folder}/clone.`,
    }),
    after: expectText('two'),
  },
  {
    title: 'looks only at what is here when nothing may be fetched',
    before: makeOldClone,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'main', fetch_remote: false }),
    ok: () => 'Already checked out at correct revision',
  },
  {
    title: 'gives local changes up when that is asked for',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: one, hard_reset: true }),
    pending: (folder) => ({ comment: `Hard reset to HEAD would be performed on ${folder}/clone`, changes: {} }),
    applied: () => ({
      comment: 'Repository was reset to HEAD before checking out revision. Already checked out at correct revision.',
    }),
    after: expectText('one'),
  },
  {
    title: 'knows no revision that the remote does not have',
    before: makeOrigin,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'v9' }),
    fails: () => "Revision 'v9' does not exist",
  },
]);
