import { isAppError } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { listInstalled, normalName, runPip } from '../../providers/python/pip.ts';

/** `pip.removed` */
export const removed = defineState({
  name: 'pip.removed',
  summary: 'Keeps a Python package away.',
  args: z.object({
    name: lineText().describe('The package.'),
    bin_env: optional(lineText()).describe('A virtual environment, or the path of a pip.'),
    user: optional(lineText()).describe('Account pip runs as.'),
    cwd: optional(lineText()).describe('Directory pip runs in.'),
    requirements: optional(absolutePath()).describe('A file of requirements whose packages go as well.'),
    log: optional(absolutePath()).describe('A file pip writes about its work into.'),
    proxy: optional(lineText()).describe('Accepted for compatibility; removing needs no network.'),
    timeout: optional(lineText()).describe('Accepted for compatibility; removing needs no network.'),
    use_vt: withDefault(flag(), false).describe('Accepted for compatibility.'),
  }),
  examples: [
    `requests:
  pip.removed: []`,
  ],
  async check({ name, bin_env: binEnv, user, cwd, requirements, log }, context) {
    if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) return fails(`The name ${name} cannot be that of a Python package`);
    const place = { binEnv, user, cwd, environment: undefined };
    try {
      if (!(await listInstalled(context.host, place)).has(normalName(name))) return isOk('Package is not installed.');
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(`Error uninstalling '${name}': ${caught.message}`);
    }
    const changes = { [name]: 'Removed' };
    return willChange({ comment: `Package ${name} is set to be removed`, changes }, (machine) =>
      attempt('Could not remove package', async () => {
        const options = [
          ...(log === undefined ? [] : ['--log', log]),
          ...(requirements === undefined ? [] : ['--requirement', requirements]),
        ];
        await runPip(machine, ['uninstall', '--yes', ...options, name], { place, signal: context.signal });
        return { comment: 'Package was successfully removed.', changes };
      }),
    );
  },
});
