import { isAbsolute } from 'node:path';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
  secret,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askGit, runGit, type GitIdentity } from '../../providers/git/git-command.ts';

/** `git.present` */
export const present = defineState({
  name: 'git.present',
  summary: 'Keeps a repository at a path, a new and empty one unless there is one.',
  args: z.object({
    name: lineText().describe('Absolute path of the repository.'),
    force: withDefault(flag(), false).describe('Whether a directory that is no repository is emptied for it.'),
    bare: withDefault(flag(), true).describe('Whether the repository has no work tree.'),
    template: optional(lineText()).describe('Directory of templates for a new repository.'),
    separate_git_dir: optional(lineText()).describe('Where a new repository is kept, apart from its work tree.'),
    shared: optional(lineText()).describe('Whom a new repository is shared with, as git init --shared takes it.'),
    user: optional(lineText()).describe('Account git runs as.'),
    password: secret(optional(lineText())).describe('Accepted for compatibility, on Windows only.'),
    output_encoding: optional(lineText()).describe('Accepted for compatibility; output is UTF-8.'),
  }),
  examples: [
    `/srv/git/app.git:
  git.present: []`,
  ],
  async check(args, { host }) {
    const { name, bare } = args;
    if (!isAbsolute(name)) return fails(`Path '${name}' is not absolute`);
    const names = await host.files.list(name);
    if (names !== undefined && (await isRepository(args, names, host))) return isOk('');
    const obstacle = await findObstacle(args, names, host);
    if (obstacle !== undefined) return fails(obstacle);
    const isInTheWay = names !== undefined && args.force;
    const changes = { ...(isInTheWay ? { 'forced init': true } : {}), new: name };
    const kind = bare ? 'bare ' : '';
    const pending = isInTheWay
      ? `Target directory ${name} exists. Since force=True, the contents of ${name} would be deleted, and a ${kind}repository would be initialized in its place.`
      : `New ${kind}repository would be created`;
    return willChange({ comment: pending, changes }, (machine) =>
      attempt('', async () => {
        if (isInTheWay) await machine.files.remove(name, { recursive: true });
        await makeRepository(args, machine);
        const said = [
          `Initialized ${kind}repository in ${name}`,
          ...(args.template === undefined ? [] : [`Template directory set to ${args.template}`]),
          ...(args.separate_git_dir === undefined ? [] : [`Gitdir set to ${args.separate_git_dir}`]),
        ];
        return { comment: said.length > 1 ? `${said.join('. ')}.` : said.join(''), changes };
      }),
    );
  },
});

/** What keeps a repository from being made where none is; `names` are those in the folder. */
async function findObstacle(
  { name, force }: { readonly name: string; readonly force: boolean },
  names: readonly string[] | undefined,
  host: ReadHost,
): Promise<string | undefined> {
  if (names === undefined)
    return (await host.files.stat(name)) === undefined ? undefined : `Target '${name}' exists and is no directory`;
  if (names.length === 0 || force) return undefined;
  return `Target '${name}' exists, is non-empty, and is not a git repository. Set the 'force' option to True to remove this directory's contents and proceed with initializing a repository`;
}

interface Wish {
  readonly name: string;
  readonly bare: boolean;
  readonly template: string | undefined;
  readonly separate_git_dir: string | undefined;
  readonly shared: string | undefined;
  readonly user: string | undefined;
}

function loginOf({ user }: Wish): GitIdentity {
  return { user, identity: undefined };
}

async function isRepository(wish: Wish, names: readonly string[], host: ReadHost): Promise<boolean> {
  if (names.includes(wish.bare ? 'HEAD' : '.git')) return true;
  if (wish.bare) return false;
  return (await askGit(host, ['-C', wish.name, 'rev-parse', '--show-toplevel'], loginOf(wish))) === wish.name;
}

async function makeRepository(wish: Wish, machine: Host): Promise<void> {
  const { name } = wish;
  const account = wish.user === undefined ? undefined : await machine.account(wish.user);
  if ((await machine.files.stat(name)) === undefined) {
    const owner = account === undefined ? {} : { uid: account.uid, gid: account.gid };
    await machine.files.makeDirectory(name, { parents: true, mode: 0o755, ...owner });
  }
  const options = [
    ...(wish.bare ? ['--bare'] : []),
    ...(wish.template === undefined ? [] : [`--template=${wish.template}`]),
    ...(wish.separate_git_dir === undefined ? [] : [`--separate-git-dir=${wish.separate_git_dir}`]),
    ...(wish.shared === undefined ? [] : [`--shared=${sharing(wish.shared)}`]),
  ];
  await runGit(machine, ['init', '--quiet', ...options, '--', name], loginOf(wish));
}

// Octal modes lose their zero in YAML, and git wants it.
function sharing(word: string): string {
  const lower = word.toLowerCase();
  return /^[1-7]\d{2}$/.test(lower) ? `0${lower}` : lower;
}
