import { z } from 'zod';
import { defineState, fails, isOk, text, willChange } from '../../kit/index.ts';
import { expandHome } from '../../providers/files/paths.ts';

/** `file.absent` */
export const absent = defineState({
  name: 'file.absent',
  summary: 'Removes a file, a symbolic link or a directory with all it holds.',
  args: z.object({ name: text().describe('Absolute path of what must not exist.') }),
  examples: [
    `/etc/nginx/sites-enabled/default:
  file.absent: []`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    if (name === '') return fails('Must provide name to file.absent');
    if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
    if (/^\/+(\.\/*)*$/.test(name)) return fails('Refusing to make "/" absent');
    const stat = await host.files.stat(name);
    if (stat === undefined) return isOk(`File ${name} is not present`);
    const kind = stat.kind === 'directory' ? 'directory' : 'file';
    const changes = { removed: name };
    const pending = { comment: `${kind === 'file' ? 'File' : 'Directory'} ${name} is set for removal`, changes };
    return willChange(pending, async (machine) => {
      await machine.files.remove(name, { recursive: true });
      return { comment: `Removed ${kind} ${name}`, changes };
    });
  },
});
