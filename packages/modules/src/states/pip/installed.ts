import { isAppError } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  dictOrList,
  either,
  fails,
  flag,
  lineText,
  optional,
  text,
  textList,
  valueList,
  withDefault,
} from '../../kit/index.ts';
import { checkPackages } from '../../providers/python/check-installed.ts';
import { checkRequirements } from '../../providers/python/check-requirements.ts';
import {
  faultOfPipOptions,
  furtherPipOptionArguments,
  pipOptionArguments,
} from '../../providers/python/pip-arguments.ts';
import { environmentWithProxy } from '../../providers/python/pip-proxy.ts';

/** `pip.installed` */
export const installed = defineState({
  name: 'pip.installed',
  summary: 'Keeps Python packages installed, for the machine or in a virtual environment.',
  args: z.object({
    name: text().describe('The package with the versions that will do, e.g. requests >= 2.'),
    pkgs: optional(valueList()).describe('Several packages.'),
    requirements: optional(either(lineText(), textList())).describe(
      'URL or path of a file of requirements, or several, in place of packages.',
    ),
    bin_env: optional(lineText()).describe('A virtual environment, or the path of a pip.'),
    pip_bin: optional(lineText()).describe('Another name of bin_env.'),
    user: optional(lineText()).describe('Account pip runs as.'),
    cwd: optional(lineText()).describe('Directory pip runs in.'),
    env_vars: optional(dictOrList()).describe('Variables of the environment.'),
    ...pipOptionArguments,
    ...furtherPipOptionArguments,
    use_vt: withDefault(flag(), false).describe('Accepted for compatibility.'),
  }),
  examples: [
    `requests >= 2.31:
  pip.installed:
    - bin_env: /srv/app/venv`,
    `app packages:
  pip.installed:
    - requirements: salt://app/requirements.txt
    - user: app`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const environment = environmentWithProxy(context.options, args.proxy, args.env_vars);
    const place = { binEnv: args.bin_env ?? args.pip_bin, user: args.user, cwd: args.cwd, environment };
    const fault = faultOfPipOptions(args);
    if (fault !== undefined) return fails(`Error installing '${args.name}': ${fault}`);
    try {
      const isFile = args.requirements !== undefined || args.editable !== undefined;
      return await (isFile
        ? checkRequirements({ ...args, place }, context)
        : checkPackages({ ...args, place }, context));
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(`Error installing '${args.name}': ${caught.message}`);
    }
  },
});
