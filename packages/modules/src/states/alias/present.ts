import { z } from 'zod';
import { defineState, fails, isOk, lineText, textList, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { aliasesFile, readAlias, readAliasLines, setAlias, writeAliasLines } from '../../providers/mail/aliases.ts';

/** `alias.present` */
export const present = defineState({
  name: 'alias.present',
  summary: 'Keeps a mail alias.',
  args: z.object({
    name: lineText().describe('The local name.'),
    target: textList().describe('Where its mail goes, or several such places.'),
  }),
  examples: [
    `root:
  alias.present:
    - target: ops@example.org`,
  ],
  async check({ name, target }, context) {
    if (/[\s:#]/.test(name) || target.some((one) => /[\n\r]/.test(one)))
      return fails(`The name ${name} cannot be that of an alias`);
    if (target.every((one) => one === '')) return fails('target can not be an empty string');
    const path = aliasesFile(context);
    const lines = await readAliasLines(context.host, path);
    const wanted = target.join(', ');
    const current = lines.map(readAlias).find((one) => one?.name === name)?.target;
    if (current?.split(/\s*,\s*/).join(', ') === wanted) return isOk(`Alias ${name} already present`);
    const changes = { alias: name };
    return willChange({ comment: `Alias ${name} -> ${wanted} is set to be added`, changes }, (machine) =>
      attempt(`Failed to set alias ${name} -> ${wanted}`, async () => {
        await writeAliasLines(machine, path, setAlias(lines, name, wanted));
        return { comment: `Set email alias ${name} -> ${wanted}`, changes };
      }),
    );
  },
});
