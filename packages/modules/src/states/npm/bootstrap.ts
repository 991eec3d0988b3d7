import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, optional, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { isProjectComplete, runNpm } from '../../providers/packages/npm.ts';

/** `npm.bootstrap` */
export const bootstrap = defineState({
  name: 'npm.bootstrap',
  summary: 'Keeps what the package.json of a directory asks for installed there.',
  args: z.object({
    name: lineText().describe('Absolute path of the directory.'),
    user: optional(lineText()).describe('Account npm runs as.'),
    silent: withDefault(flag(), true).describe('Whether npm is told to say nothing but its result.'),
  }),
  examples: [
    `/srv/app:
  npm.bootstrap:
    - user: app`,
  ],
  async check({ name, user, silent }, { host, signal }) {
    const failure = `Error Bootstrapping '${name}'`;
    if (!name.startsWith('/')) return fails(`${failure}: it is not an absolute path`);
    if ((await host.files.stat(`${name}/package.json`, { follow: true })) === undefined)
      return fails(`${failure}: there is no package.json`);
    const place = { dir: name, user, env: undefined };
    if (await isProjectComplete(host, place)) return isOk('Directory is already bootstrapped');
    const changes = { [name]: 'Bootstrapped' };
    return willChange({ comment: `${name} is set to be bootstrapped`, changes }, (machine) =>
      attempt(failure, async () => {
        await runNpm(machine, ['install', ...(silent ? ['--silent'] : [])], { place, signal });
        return { comment: 'Directory was successfully bootstrapped', changes };
      }),
    );
  },
});
