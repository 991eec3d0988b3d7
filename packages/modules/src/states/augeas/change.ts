import { AppError, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  isOk,
  optional,
  text,
  textList,
  willChange,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { previewFile, saveFiles } from '../../providers/augeas/augtool.ts';
import { readCommand, type AugeasCommand } from '../../providers/augeas/commands.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { splitLines, unifiedDiff } from '../../providers/text/unified-diff.ts';

/** `augeas.change` */
export const change = defineState({
  name: 'augeas.change',
  summary: 'Changes a configuration file with Augeas, which knows how such files are written.',
  args: z.object({
    name: text().describe('Any name.'),
    context: optional(text()).describe('Path that stands before those of the changes: /files/etc/hosts.'),
    changes: textList().describe(
      'set PATH VALUE, setm BASE SUB VALUE, mv FROM TO, ins LABEL before|after PATH, rm PATH.',
    ),
    lens: optional(text()).describe('The lens that the file is read with: redis.lns; the usual one unless given.'),
    load_path: optional(textList()).describe('Folders with further lenses.'),
  }),
  examples: [
    `hosts:
  augeas.change:
    - context: /files/etc/hosts
    - changes:
      - set 1/canonical localhost`,
  ],
  acceptsUnknown: true,
  check: ({ context, changes, lens, load_path: loadPath }, { host }) =>
    orFailure(async () => {
      const commands = changes.map((line) => readCommand(line, context));
      const file = context?.replace(/^\/files|\/$/g, '') ?? (await findFile(commands, changes, host));
      if (file === undefined || !file.startsWith('/')) return fails(`Error: no file is named by ${changes.join(', ')}`);
      const run = {
        commands,
        lens: lens === undefined || context === undefined ? undefined : { name: lens, file },
        loadPath: loadPath ?? [],
      };
      const before = Buffer.from((await host.files.read(file)) ?? '').toString('utf8');
      return settle(run, { file, before, after: await previewFile(host, run, file) });
    }),
});

function settle(
  run: Parameters<typeof saveFiles>[1],
  { file, before, after }: { readonly file: string; readonly before: string; readonly after: string },
): CheckOutcome<Host> {
  const diff = unifiedDiff(splitLines(before), splitLines(after), { context: 0 }).join('');
  if (diff === '') return isOk('No changes made');
  const changes = { diff };
  return willChange({ comment: `Executing commands in file "/files${file}"`, changes }, (machine) =>
    attempt('', async () => {
      await saveFiles(machine, run);
      return { comment: 'Changes have been saved', changes };
    }),
  );
}

// Without a context all changes have to be about one file, the longest part of their paths that is one.
async function findFile(
  commands: readonly AugeasCommand[],
  changes: readonly string[],
  host: ReadHost,
): Promise<string | undefined> {
  const stray = commands.findIndex(({ path }) => !path.startsWith('/files'));
  if (stray >= 0)
    throw refusal(`Changes should be prefixed with /files if no context is provided, change: ${changes[stray] ?? ''}`);
  const files = await Promise.all(commands.map(({ path }) => existingFile(path.replace(/^\/files|\/$/g, ''), host)));
  const other = files.find((file) => file !== files[0]);
  if (other !== undefined)
    throw refusal(`Changes should be made to one file at a time, detected changes to ${files[0] ?? ''} and ${other}`);
  return files[0];
}

async function existingFile(path: string, host: ReadHost): Promise<string | undefined> {
  for (let at = path; at.includes('/') && at !== ''; at = at.slice(0, at.lastIndexOf('/')))
    if ((await host.files.stat(at, { follow: true }))?.kind === 'file') return at;
  return undefined;
}

function refusal(message: string): AppError {
  return new AppError({ code: 'state-failed', message: `Error: ${message}` });
}
