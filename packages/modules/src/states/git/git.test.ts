import { describeRealState } from '@brine/testkit';
import { expect } from 'vitest';
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
const unrelated = '6651c0a586f46fb93c5726d9c0ade1d1005e3dd1';
const short = (sha: string): string => sha.slice(0, 7);

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
      comment: `Repository ${folder}/origin would be cloned to ${folder}/clone`,
      changes: { new: `${folder}/origin => ${folder}/clone`, revision: { old: null, new: one } },
    }),
    applied: (folder) => ({ comment: `${folder}/origin cloned to ${folder}/clone` }),
    after: expectText('one'),
  },
  {
    title: 'moves a clone to the newest commit',
    before: makeOldClone,
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    pending: () => ({
      comment: `Remote 'origin' would be fetched. Repository would be updated from ${short(one)} to ${short(two)}.`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({
      comment: `${folder}/origin was fetched, resulting in updated refs. Repository was fast-forwarded to remote HEAD (${short(two)}).`,
    }),
    after: expectText('two'),
  },
  {
    title: 'tells what git said and what was done when a move fails',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await host.files.write(`${folder}/origin/new`, Buffer.from('theirs'));
      await git(host, '-C', `${folder}/origin`, 'add', 'new');
      await commit(host, folder, 'three');
      await git(host, '-C', `${folder}/clone`, 'tag', 'stray');
      await host.files.write(`${folder}/clone/new`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    pending: () => ({
      comment: expect.stringContaining('would be removed from the local checkout: stray') as string,
      changes: { deleted_tags: ['stray'], revision: { old: one, new: expect.any(String) as string } },
    }),
    applied: (folder) => ({
      comment: `error: The following untracked working tree files would be overwritten by merge:\n\tnew\nPlease move or remove them before you merge.\nAborting\n\nChanges already made: The following tags were removed from the local checkout: stray. ${folder}/origin was fetched, resulting in updated refs.`,
      changes: { deleted_tags: ['stray'] },
      failed: true,
    }),
  },
  {
    title: 'goes on to another repository that has nothing in common',
    before: async (folder, host) => {
      await makeOrigin(folder, host);
      await git(host, 'clone', '-q', `${folder}/origin`, `${folder}/clone`);
      await git(host, '-C', `${folder}/origin`, 'checkout', '-q', '--orphan', 'other');
      await commit(host, folder, 'two');
      await git(host, '-C', `${folder}/origin`, 'branch', '-q', '-M', 'main');
      await git(host, '-C', `${folder}/clone`, 'remote', 'set-url', 'origin', `${folder}/elsewhere`);
      await git(host, '-C', `${folder}/clone`, 'update-ref', 'refs/remotes/origin/gone', one);
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'main', force_reset: true }),
    pending: () => ({
      comment: expect.stringContaining("Remote 'origin' would be changed from ") as string,
      changes: { revision: { old: one, new: unrelated } },
    }),
    applied: (folder) => ({
      comment: `Remote 'origin' changed from ${folder}/elsewhere to ${folder}/origin. ${folder}/origin was fetched, resulting in updated refs. Repository was hard-reset to origin/main (${short(unrelated)}).`,
      changes: { revision: { old: one, new: unrelated }, 'forced update': true },
    }),
    after: async (folder, host) => {
      await expectText('two')(folder, host);
      await git(host, '-C', `${folder}/clone`, 'diff', '--exit-code', 'origin/main');
      const gone = ['git', '-C', `${folder}/clone`, 'rev-parse', '--verify', 'origin/gone'];
      if ((await host.run({ command: gone })).exitCode === 0) throw new Error('the branch of before is there');
    },
  },
  {
    title: 'gives up no local changes unasked',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    fails: () =>
      `Repository would be updated from ${short(one)} to ${short(two)}, but there are uncommitted changes. Set 'force_reset' to True (or 'remote-changes') to force this update and discard these changes.`,
  },
  {
    title: 'names the branch of the remote where a clone is on another one',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await git(host, '-C', `${folder}/clone`, 'checkout', '-q', '-b', 'mine');
      await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    fails: () =>
      `Repository would be updated from ${short(one)} to ${short(two)}, but there are uncommitted changes. Set 'force_reset' to True (or 'remote-changes') to force this update and discard these changes.` +
      " The default remote branch (main) differs from the local branch (mine). This could be caused by changing the default remote branch, or if the local branch was manually changed. Rather than forcing an update, it may be advisable to set the 'branch' argument to 'main' instead. To ensure that this state follows the 'main' branch instead of the remote HEAD, set the 'rev' argument to 'main'.",
  },
  {
    title: 'fetches the branches asked for alone',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await git(host, '-C', `${folder}/origin`, 'branch', 'other');
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, refspec_branch: 'main' }),
    pending: () => ({
      comment: `Remote 'origin' would be fetched. Repository would be updated from ${short(one)} to ${short(two)}.`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({
      comment: `${folder}/origin was fetched, resulting in updated refs. Repository was fast-forwarded to remote HEAD (${short(two)}).`,
    }),
    after: async (folder, host) => {
      const command = ['git', '-C', `${folder}/clone`, 'branch', '--remotes', '--list', 'origin/other'];
      const { stdout } = await host.inspect({ command });
      if (stdout !== '') throw new Error(stdout);
    },
  },
  {
    title: 'gives up local changes when that is asked for',
    before: async (folder, host) => {
      await makeOldClone(folder, host);
      await host.files.write(`${folder}/clone/file`, Buffer.from('mine'));
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, force_reset: true }),
    pending: () => ({
      comment: `Remote 'origin' would be fetched. Repository would be hard-reset from ${short(one)} to ${short(two)}.`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({
      comment: `${folder}/origin was fetched, resulting in updated refs. Uncommitted changes were discarded. Repository was fast-forwarded to remote HEAD (${short(two)}).`,
    }),
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
    pending: () => ({
      comment: `Remote 'origin' would be fetched. Repository would be updated from ${short(one)} to ${short(two)}.`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({
      comment: `${folder}/origin was fetched, resulting in updated refs. Uncommitted changes were discarded. Repository was fast-forwarded to remote HEAD (${short(two)}).`,
    }),
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
    applied: (folder) => ({
      comment: `Repository ${folder}/clone is up-to-date\n\nChanges made: Uncommitted changes were discarded. Repository was hard-reset to remote HEAD (${short(two)}).`,
    }),
    after: expectText('two'),
  },
  {
    title: 'moves the branch that is checked out to another branch of the remote',
    before: async (folder, host) => {
      await makeOrigin(folder, host);
      await git(host, 'clone', '-q', `${folder}/origin`, `${folder}/clone`);
      await git(host, '-C', `${folder}/origin`, 'checkout', '-q', '-b', 'dev');
      await commit(host, folder, 'two');
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'dev' }),
    pending: () => ({
      comment: `Remote 'origin' would be fetched. Repository would be updated from ${short(one)} to ${short(two)}. Tracking branch would be updated to origin/dev.`,
      changes: { revision: { old: one, new: two } },
    }),
    applied: (folder) => ({
      comment: `${folder}/origin was fetched, resulting in updated refs. Tracking branch was updated to origin/dev. Repository was fast-forwarded to origin/dev (${short(two)}).`,
    }),
    after: async (folder, host) => {
      const head = Buffer.from((await host.files.read(`${folder}/clone/.git/HEAD`)) ?? '').toString();
      if (head !== 'ref: refs/heads/main\n') throw new Error(head);
    },
  },
  {
    title: 'gives up no commits unasked',
    before: async (folder, host) => {
      await makeOrigin(folder, host);
      await commit(host, folder, 'two');
      await git(host, 'clone', '-q', `${folder}/origin`, `${folder}/clone`);
      await git(host, '-C', `${folder}/origin`, 'reset', '-q', '--hard', 'HEAD^');
      await git(host, '-C', `${folder}/clone`, 'fetch', '-q');
    },
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone`, rev: 'main' }),
    fails: () =>
      `Repository would be updated to ${short(one)}, but this is not a fast-forward merge. Set 'force_reset' to True to force this update.`,
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
    title: 'foresees that there is no repository on this machine to clone',
    arguments: (folder) => ({ name: `${folder}/origin`, target: `${folder}/clone` }),
    fails: (folder) => `Clone failed: fatal: repository '${folder}/origin' does not exist`,
  },
  {
    title: 'foresees that a repository of this machine has no such branch',
    before: makeOrigin,
    arguments: (folder) => ({ name: `file://${folder}/origin`, target: `${folder}/clone`, branch: 'nope' }),
    fails: () =>
      'Clone failed: warning: Could not find remote branch nope to clone.\nfatal: Remote branch nope not found in upstream origin',
  },
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
      comment: "'user.email' would be added as 'ci@example.org'",
      changes: { 'user.email': { old: null, new: ['ci@example.org'] } },
    }),
    applied: () => ({ comment: "'user.email' was added as 'ci@example.org'" }),
  },
  {
    title: 'changes an option',
    before: makeOrigin,
    arguments: (folder) => ({ name: 'core.bare', value: 'true', repo: `${folder}/origin` }),
    pending: () => ({
      comment: "'core.bare' would be set to 'true'",
      changes: { 'core.bare': { old: ['false'], new: ['true'] } },
    }),
    applied: () => ({ comment: "'core.bare' was set to 'true'" }),
  },
  {
    title: 'sets several values',
    before: makeOrigin,
    arguments: (folder) => ({ name: 'bk.many', multivar: ['a', 'b'], repo: `${folder}/origin` }),
    pending: () => ({
      comment: "'bk.many' would be added as ['a', 'b']",
      changes: { 'bk.many': { old: null, new: ['a', 'b'] } },
    }),
    applied: () => ({ comment: "'bk.many' was added as ['a', 'b']" }),
  },
]);
describeRealState(configUnset, [
  {
    title: 'unsets an option',
    before: makeOrigin,
    arguments: (folder) => ({ name: 'core.filemode', repo: `${folder}/origin` }),
    pending: () => ({
      comment: '1 key(s) would have value(s) unset',
      changes: { 'core.filemode': ['true'] },
    }),
    applied: () => ({ comment: 'Value(s) successfully unset' }),
  },
  {
    title: 'unsets the values that match, of all options that match',
    before: async (folder, host) => {
      await makeOrigin(folder, host);
      for (const [key, value] of [
        ['bk.one', 'a'],
        ['bk.one', 'b'],
        ['bk.two', 'a'],
      ] as const)
        await git(host, '-C', `${folder}/origin`, 'config', '--add', key, value);
    },
    arguments: (folder) => ({ name: String.raw`bk\..*`, value_regex: '^a$', repo: `${folder}/origin` }),
    pending: () => ({
      comment: '2 key(s) would have value(s) unset',
      changes: { 'bk.one': ['a'], 'bk.two': ['a'] },
    }),
    applied: () => ({ comment: 'Value(s) successfully unset' }),
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
