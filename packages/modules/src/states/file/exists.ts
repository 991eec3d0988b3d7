import { z } from 'zod';
import { defineState, fails, isOk, text } from '../../kit/index.ts';
import { expandHome } from '../../providers/files/paths.ts';

/** `file.exists` */
export const exists = defineState({
  name: 'file.exists',
  summary: 'Fails unless a path exists.',
  args: z.object({ name: text().describe('Absolute path.') }),
  examples: [
    `/etc/passwd:
  file.exists: []`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    if (name === '') return fails('Must provide name to file.exists');
    const isThere = (await host.files.stat(name, { follow: true })) !== undefined;
    return isThere ? isOk(`Path ${name} exists`) : fails(`Specified path ${name} does not exist`);
  },
});
