import { z } from 'zod';
import { absolutePath, defineState, fails, flag, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import { expandHome, isDirectory, parentOf } from '../../providers/files/paths.ts';

/** `file.rename` */
export const rename = defineState({
  name: 'file.rename',
  summary: 'Moves a file or directory once.',
  args: z.object({
    name: text().describe('Absolute path it moves to.'),
    source: absolutePath().describe('Absolute path where it is.'),
    force: withDefault(flag(), false).describe('Whether an existing target is removed.'),
    makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
  }),
  examples: [
    `/etc/app/app.conf:
  file.rename:
    - source: /etc/app.conf
    - makedirs: true`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    const source = await expandHome(host, args.source);
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    if ((await host.files.stat(source)) === undefined)
      return isOk(`Source file "${source}" has already been moved out of place`);
    const isTaken = (await host.files.stat(name)) !== undefined;
    if (isTaken && !args.force) return isOk(`The target file "${name}" exists and will not be overwritten`);
    const changes = { [name]: source };
    return willChange({ comment: `File "${source}" is set to be moved to "${name}"`, changes }, (machine) =>
      attempt(`Failed to move "${source}" to "${name}"`, async () => {
        if (!(await isDirectory(machine, parentOf(name)))) {
          if (!args.makedirs)
            return { comment: `The target directory ${parentOf(name)} is not present`, changes: {}, failed: true };
          await makeParents(machine, name, {});
        }
        if (isTaken) await machine.files.remove(name, { recursive: true });
        await machine.files.rename(source, name);
        return { comment: `Moved "${source}" to "${name}"`, changes };
      }),
    );
  },
});
