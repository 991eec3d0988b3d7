import type { CheckOutcome } from '@brine/common';
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
  type StateContext,
} from '../../kit/index.ts';
import { splitWords } from '../../functions/split-words.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `hg.latest` */
export const latest = defineState({
  name: 'hg.latest',
  summary: 'Keeps a clone of a Mercurial repository at its newest state, or at a revision.',
  args: z.object({
    name: lineText().describe('Where the repository is.'),
    rev: optional(lineText()).describe('Branch, tag or revision; the newest unless given.'),
    target: lineText().describe('Absolute path of the clone.'),
    clean: withDefault(flag(), false).describe('Whether changes made in the clone are lost.'),
    user: optional(lineText()).describe('Account hg runs as.'),
    identity: optional(lineText()).describe('Path of the key for ssh.'),
    force: withDefault(flag(), false).describe('Whether a directory in the way is removed.'),
    opts: optional(lineText()).describe('Further options of hg clone and hg pull.'),
    update_head: withDefault(flag(), true).describe('Whether the files of the clone follow.'),
  }),
  examples: [
    `https://hg.example.org/app:
  hg.latest:
    - target: /srv/app
    - rev: stable`,
  ],
  async check(wish, context) {
    const { name, target } = wish;
    if (!target.startsWith('/')) return fails(`${target} is not an absolute path`);
    const odd = [name, wish.rev ?? 'x'].find((word) => word.startsWith('-'));
    if (odd !== undefined) return fails(`${odd} would be taken as an option`);
    if ((await context.host.which('hg')) === undefined) return fails('Command hg not found');
    const isClone = (await context.host.files.stat(`${target}/.hg`, { follow: true }))?.kind === 'directory';
    return isClone ? compare(wish, context) : clone(wish, await context.host.files.list(target));
  },
});

interface Wish {
  readonly name: string;
  readonly rev: string | undefined;
  readonly target: string;
  readonly clean: boolean;
  readonly user: string | undefined;
  readonly identity: string | undefined;
  readonly force: boolean;
  readonly opts: string | undefined;
  readonly update_head: boolean;
}

function clone(wish: Wish, existing: readonly string[] | undefined): CheckOutcome<Host> {
  const { name, target } = wish;
  if (existing !== undefined && existing.length > 0 && !wish.force) return fails('Directory exists, and is not empty');
  const changes = { new: name, revision: wish.rev ?? 'tip' };
  return willChange({ comment: `Repository ${name} is about to be cloned to ${target}`, changes }, (machine) =>
    attempt('', async () => {
      if (existing !== undefined) await machine.files.remove(target, { recursive: true });
      const revision = wish.rev === undefined ? [] : ['--updaterev', wish.rev];
      await runHg(machine, wish, ['clone', ...remoteWords(wish), ...revision, name, target]);
      return { comment: `Repository ${name} cloned to ${target}`, changes };
    }),
  );
}

async function compare(wish: Wish, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const { name, target } = wish;
  const current = await ask(host, wish, ['identify', '--id', '-r', '.', target]);
  if (current === undefined) return fails(`Seems that ${target} is not a valid hg repo`);
  const newest = await ask(host, wish, ['identify', '--id', ...remoteWords(wish), '-r', wish.rev ?? 'tip', name]);
  if (newest === undefined) return fails(`The revision ${wish.rev ?? 'tip'} is not in ${name}`);
  if (newest === current) return isOk(`Repository ${target} is up-to-date at ${current}`);
  if (!wish.update_head) return isOk('Update is probably required but update_head=False so we will skip updating.');
  const changes = { revision: `${current} => ${newest}` };
  const pending = `Repository ${target} update is probably required (current revision is ${current})`;
  return willChange({ comment: pending, changes }, (machine) =>
    attempt('', async () => {
      await runHg(machine, wish, ['pull', '-R', target, ...remoteWords(wish), name]);
      await runHg(machine, wish, ['update', '-R', target, ...(wish.clean ? ['--clean'] : []), '-r', wish.rev ?? 'tip']);
      return { comment: `Repository ${target} updated.`, changes };
    }),
  );
}

function remoteWords({ identity, opts }: Wish): readonly string[] {
  const ssh = identity === undefined ? [] : ['--ssh', `ssh -i ${identity}`];
  return [...ssh, ...(opts === undefined ? [] : splitWords(opts))];
}

async function ask(host: ReadHost, { user }: Wish, words: readonly string[]): Promise<string | undefined> {
  const request = { command: ['hg', '--noninteractive', ...words], timeout: 300_000, environment: { HGPLAIN: '1' } };
  const result = await host.inspect({ ...request, ...(user === undefined ? {} : { user }) });
  return result.exitCode === 0 ? result.stdout.trim().replace(/\+$/, '') : undefined;
}

async function runHg(machine: Host, { user }: Wish, words: readonly string[]): Promise<void> {
  const request = { environment: { HGPLAIN: '1' }, ...(user === undefined ? {} : { user }) };
  await runTool(machine, ['hg', '--noninteractive', ...words], request);
}
