import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, optional, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { isPeclName, readPecl } from '../../providers/packages/pecl.ts';

/** `pecl.installed` */
export const installed = defineState({
  name: 'pecl.installed',
  summary: 'Keeps an extension of PHP installed.',
  args: z.object({
    name: lineText().describe('The extension, with a channel and a slash before it if it is of another one.'),
    version: optional(lineText()).describe('Its version.'),
    defaults: withDefault(flag(), false).describe('Whether questions are answered by what is usual.'),
    force: withDefault(flag(), false).describe('Whether it is installed over what is there.'),
    preferred_state: withDefault(lineText(), 'stable').describe('stable, beta, alpha or devel.'),
  }),
  examples: [
    `apcu:
  pecl.installed:
    - version: 5.1.22`,
  ],
  async check({ name, version, defaults, force, preferred_state: state }, { host }) {
    if (!isPeclName(name)) return fails(`The name ${name} cannot be that of an extension`);
    const [channel, extension] = name.includes('/') ? name.split('/') : [undefined, name];
    const found = (await readPecl(host, channel)).get(extension ?? '');
    if (found !== undefined && (version === undefined || found.version === version) && found.state === state)
      return isOk(`Pecl extension ${name} is already installed.`);
    const whole = version === undefined ? name : `${name}-${version}`;
    const changes = { [whole]: 'Installed' };
    return willChange({ comment: `Pecl extension ${whole} would have been installed`, changes }, (machine) =>
      attempt(`Could not install pecl extension ${whole}.`, async () => {
        const options = ['-d', `preferred_state=${state}`, 'install', ...(force ? ['--force'] : [])];
        await runTool(machine, ['pecl', ...options, whole], { input: defaults ? '\n'.repeat(100) : '' });
        return { comment: `Pecl extension ${whole} was successfully installed`, changes };
      }),
    );
  },
});
