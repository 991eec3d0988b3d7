import type { Dict } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  dict,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  text,
  willChange,
  withDefault,
  type Host,
} from '../../kit/index.ts';
import { attemptCrontab } from '../../providers/cron/attempt-crontab.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { badCrontab } from '../../providers/cron/bad-schedule.ts';
import { rawCrontab } from '../../providers/cron/crontab-file.ts';
import { backUp, wantsBackup } from '../../providers/files/back-up.ts';
import { findSource } from '../../providers/files/find-source.ts';
import { renderTemplate } from '../../providers/files/render-template.ts';
import { splitLines, unifiedDiff } from '../../providers/text/unified-diff.ts';

/** `cron.file` */
export const file = defineState({
  name: 'cron.file',
  summary: 'Keeps the whole crontab of an account as a file has it.',
  args: z.object({
    name: text().describe('URL or path of the file.'),
    source_hash: optional(text()).describe('Digest a source not from the file server must have.'),
    source_hash_name: optional(text()).describe('The name to look for in a file of digests.'),
    user: withDefault(lineText(), 'root').describe('The account.'),
    template: optional(text()).describe('The template engine to render the file with: jinja.'),
    context: optional(dict()).describe('Variables of the template, over the defaults.'),
    replace: withDefault(flag(), true).describe('Whether a crontab that is there is replaced.'),
    defaults: optional(dict()).describe('Variables of the template.'),
    backup: withDefault(text(), '').describe(
      'minion keeps a copy of the old crontab below cachedir, where file.list_backups finds it by the path of the crontab.',
    ),
  }),
  examples: [
    `salt://cron/root:
  cron.file:
    - user: root`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { name, user, template: engine, defaults, context: variables } = args;
    const current = await rawCrontab(context.host, user);
    if (!args.replace && current !== '') return isOk(`User ${user} already has a crontab. No changes made`);
    const request = { source: name, sourceHash: args.source_hash, hashName: args.source_hash_name };
    const found = await findSource({ ...request, skipVerify: false, target: name }, context);
    if (typeof found === 'string') return fails(found);
    const raw = Buffer.from((await context.host.files.read(found.path)) ?? '').toString('utf8');
    const source = { text: raw, origin: found.url, defaults, context: variables };
    const wanted = engine === undefined ? raw : await renderTemplate({ ...source, engine, variables: {} }, context);
    if (wanted === current) return isOk(`Crontab for user ${user} is in the correct state`);
    // As in Salt no crontab counts as one with an empty line.
    const old = current.endsWith('\n') ? current : `${current}\n`;
    const complaint = badCrontab(wanted);
    if (complaint !== undefined) return fails(`${unable(user)}${complaint}`);
    const changes = { diff: unifiedDiff(splitLines(old), splitLines(wanted)).join('') };
    return willChange({ comment: `Crontab for user ${user} is set to be updated`, changes }, (machine) =>
      attemptCrontab(unable(user), async () => {
        if ((await machine.account(user)) === undefined)
          return { comment: `User ${user} is not available`, changes: {}, failed: true };
        if (wantsBackup(args.backup, context.options)) await keepCrontab(machine, context.options, user);
        await runTool(machine, ['crontab', '-u', user, '-'], { input: wanted });
        return { comment: `Crontab for user ${user} was updated`, changes };
      }),
    );
  },
});

function unable(user: string): string {
  return `Unable to update user ${user} crontab. Error: `;
}

// Debian's cron, cronie and busybox each have a folder of their own.
async function keepCrontab(machine: Host, options: Dict, user: string): Promise<void> {
  for (const folder of ['/var/spool/cron/crontabs', '/var/spool/cron/tabs', '/var/spool/cron', '/etc/crontabs'])
    await backUp(machine, options, `${folder}/${user}`);
}
