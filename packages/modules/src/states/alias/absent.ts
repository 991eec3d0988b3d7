import { z } from 'zod';
import { defineState, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { aliasesFile, readAlias, readAliasLines, writeAliasLines } from '../../providers/mail/aliases.ts';

/** `alias.absent` */
export const absent = defineState({
  name: 'alias.absent',
  summary: 'Keeps a mail alias away.',
  args: z.object({ name: lineText().describe('The local name.') }),
  examples: [
    `leaver:
  alias.absent: []`,
  ],
  async check({ name }, context) {
    const path = aliasesFile(context);
    const lines = await readAliasLines(context.host, path);
    const left = lines.filter((line) => readAlias(line)?.name !== name);
    if (left.length === lines.length) return isOk(`Alias ${name} already absent`);
    const changes = { alias: name };
    return willChange({ comment: `Alias ${name} is set to be removed`, changes }, (machine) =>
      attempt(`Failed to remove alias ${name}`, async () => {
        await writeAliasLines(machine, path, left);
        return { comment: `Removed alias ${name}`, changes };
      }),
    );
  },
});
