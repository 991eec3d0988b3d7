import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, optional, willChange, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { saidByProgram } from '../../providers/commands/run-tool.ts';
import { redactUrl } from '../../providers/files/find-source.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { loginArguments } from '../../providers/git/git-arguments.ts';
import { targetInTheWay } from '../../providers/git/target-in-the-way.ts';
import {
  askGit,
  attemptGit,
  httpsLogin,
  listRemote,
  missingKeys,
  runGit,
  urlWithLogin,
  type GitIdentity,
} from '../../providers/git/git-command.ts';

/** `git.cloned` */
export const cloned = defineState({
  name: 'git.cloned',
  summary: 'Clones a repository once and then leaves the clone alone.',
  args: z.object({
    name: lineText().describe('URL of the repository.'),
    target: lineText().describe('Absolute path of the clone.'),
    branch: optional(lineText()).describe('The branch that is checked out.'),
    ...loginArguments,
  }),
  examples: [
    `https://git.example.org/app.git:
  git.cloned:
    - target: /srv/app`,
  ],
  async check(args, { host }) {
    const { name, target, branch } = args;
    const login = {
      user: args.user,
      identity: args.identity,
      https: httpsLogin(name, args.https_user, args.https_pass),
    };
    const refusal = await refuse({ name, target, branch, login }, host);
    if (refusal !== undefined) return fails(refusal);
    const names = (await host.files.list(target)) ?? [];
    const url = redactUrl(name);
    if (names.includes('.git')) {
      const current = await askGit(host, ['-C', target, 'symbolic-ref', '--short', '--quiet', 'HEAD'], login);
      if (branch === undefined || current === branch)
        return isOk(
          `Repository already exists at ${target}${branch === undefined ? '' : ` and is checked out to branch '${branch}'`}`,
        );
      const changes = { branch: { old: current ?? null, new: branch } };
      return willChange({ comment: `Branch would be changed to '${branch}'`, changes }, (machine) =>
        attempt(`Failed to change branch to '${branch}'`, async () => {
          await runGit(machine, ['-C', target, 'checkout', branch], login);
          return { comment: `Branch changed to '${branch}'`, changes };
        }),
      );
    }
    if (names.length > 0) return fails(`Target '${target}' exists, is non-empty and is not a git repository`);
    const missing = await unclonable({ name, target, branch, login }, host);
    if (missing !== undefined) return fails(`Clone failed: ${missing}`);
    const changes = { new: `${url} => ${target}` };
    const suffix = branch === undefined ? '' : ` with branch '${branch}'`;
    return willChange({ comment: `${url} would be cloned to ${target}${suffix}`, changes }, (machine) =>
      attemptGit('Clone failed: ', async () => {
        await makeParents(machine, target, { user: login.user });
        const options = [
          ...(branch === undefined ? [] : ['--branch', branch]),
          ...(args.depth === undefined ? [] : ['--depth', String(args.depth)]),
        ];
        await runGit(machine, ['clone', ...options, '--', urlWithLogin(name, login), target], login);
        return { comment: `${url} cloned to ${target}${suffix}`, changes };
      }),
    );
  },
});

interface CloneWish {
  readonly name: string;
  readonly target: string;
  readonly branch: string | undefined;
  readonly login: GitIdentity;
}

// What lies on this machine can be looked at without asking anybody; git says it in other words when it clones.
async function unclonable({ name, branch, login }: CloneWish, host: ReadHost): Promise<string | undefined> {
  if (!/^(?:file:\/\/)?\//.test(name) || (await host.which('git')) === undefined) return undefined;
  try {
    const refs = [...(await listRemote(host, name, login)).keys()];
    if (branch === undefined || refs.some((ref) => /^refs\/(?:heads|tags)\/(.*)$/.exec(ref)?.[1] === branch))
      return undefined;
    return `warning: Could not find remote branch ${branch} to clone.\nfatal: Remote branch ${branch} not found in upstream origin`;
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    const said = saidByProgram(caught);
    const isNone = name.startsWith('/') && said.includes('does not appear to be a git repository');
    return isNone ? `fatal: repository '${name}' does not exist` : said;
  }
}

async function refuse({ name, target, branch, login }: CloneWish, host: ReadHost): Promise<string | undefined> {
  if (!target.startsWith('/')) return "'target' path must be absolute";
  if ([name, branch ?? ''].some((word) => word.startsWith('-')))
    return 'A repository or branch must not start with a dash';
  return (await targetInTheWay(host, target)) ?? missingKeys(host, login);
}
