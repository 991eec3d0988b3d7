import { z } from 'zod';
import { defineState, isOk, text, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { expandHome } from '../../providers/files/paths.ts';

/** `file.not_cached` */
export const notCached = defineState({
  name: 'file.not_cached',
  summary: "Removes the copy of a URL from the minion's cache, so that it is fetched anew.",
  args: z.object({
    name: text().describe('The URL.'),
    saltenv: withDefault(text(), 'base').describe('The environment of a salt:// URL.'),
  }),
  examples: [
    `https://example.org/app.tar.gz:
  file.not_cached: []`,
  ],
  async check({ name, saltenv }, { host, fileServer }) {
    const local = /^(?:file:\/\/|(?=[/~]))/.exec(name);
    if (local !== null) {
      const path = await expandHome(host, name.slice(local[0].length));
      return isOk(`File ${(await host.files.realPath(path)) ?? path} is a local path, no action taken`);
    }
    const path = await fileServer.cached(name, saltenv);
    if (path === undefined) return isOk(`${name} is not cached`);
    const changes = { deleted: true };
    return willChange({ comment: `${path} is set for deletion`, changes }, (machine) =>
      attempt(`Failed to delete ${path}`, async () => {
        await machine.files.remove(path);
        return { comment: `${path} was deleted`, changes };
      }),
    );
  },
});
