import { z } from 'zod';
import { defineState, fails, isOk, text } from '../../kit/index.ts';
import { expandHome } from '../../providers/files/paths.ts';

/** `file.missing` */
export const missing = defineState({
  name: 'file.missing',
  summary: 'Fails when a path exists.',
  args: z.object({ name: text().describe('Absolute path.') }),
  examples: [
    `/etc/nologin:
  file.missing: []`,
  ],
  acceptsUnknown: true,
  async check(args, { host }) {
    const name = await expandHome(host, args.name);
    if (name === '') return fails('Must provide name to file.missing');
    const isThere = (await host.files.stat(name, { follow: true })) !== undefined;
    return isThere ? fails(`Specified path ${name} exists`) : isOk(`Path ${name} is missing`);
  },
});
