import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  operand,
  optional,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { installModule, listModules, removeModule } from '../../providers/selinux/modules.ts';

const words: Readonly<Record<string, boolean>> = {
  ...{ '1': true, on: true, yes: true, true: true, enabled: true },
  ...{ '0': false, off: false, no: false, false: false, disabled: false },
};

/** `selinux.module` */
export const module = defineState({
  name: 'selinux.module',
  summary: 'Keeps a module of the policy of SELinux enabled or disabled, installed or away.',
  args: z.object({
    name: operand().describe('The module.'),
    module_state: withDefault(lineText(), 'Enabled').describe('Enabled or Disabled.'),
    version: withDefault(lineText(), 'any').describe('any: modules tell no version any more.'),
    install: withDefault(flag(), false).describe('Whether it is installed when it is missing.'),
    remove: withDefault(flag(), false).describe('Whether it is removed instead.'),
    source: optional(lineText()).describe('URL or path of its package, for install.'),
  }),
  examples: [
    `app:
  selinux.module:
    - install: true
    - source: salt://app/app.pp`,
  ],
  acceptsUnknown: true,
  check: ({ name, module_state: state, version, install, remove, source }, context) =>
    orFailure(async () => {
      if (install && remove) return fails('Cannot install and remove at the same time');
      if (remove) return removeModule(name, context);
      const modules = await listModules(context.host);
      const current = modules.get(name);
      if (current === undefined)
        return install ? installModule(source ?? name, context) : fails(`Module ${name} is not available`);
      const wanted = readState(state);
      if (wanted === undefined) return fails(`${state} is not a valid state for the ${name} module.`);
      if (version !== 'any')
        return fails(
          `Module version is None and does not match the desired version of ${version} or you are using semodule >= 2.4`,
        );
      if (current === wanted) return isOk(`Module ${name} is in the desired state`);
      const changes = { [name]: { old: current ? 'enabled' : 'disabled', new: wanted ? 'enabled' : 'disabled' } };
      return willChange({ comment: `Module ${name} is set to be toggled to ${state}`, changes }, (machine) =>
        attempt(`Failed to set the Module ${name} to ${state}`, async () => {
          await runTool(machine, ['semodule', wanted ? '-e' : '-d', name]);
          return { comment: `Module ${name} has been set to ${state}`, changes };
        }),
      );
    }),
});

function readState(word: string): boolean | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(words, key) ? words[key] : undefined;
}
