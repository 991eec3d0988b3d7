import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  textList,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { bootModules, isLoaded, modulesFile } from '../../providers/kernel/kernel-modules.ts';

/** `kmod.present` */
export const present = defineState({
  name: 'kmod.present',
  summary: 'Keeps kernel modules loaded.',
  args: z.object({
    name: lineText().describe('The module.'),
    persist: withDefault(flag(), false).describe('Whether it is loaded at boot too.'),
    mods: optional(textList()).describe('Several modules.'),
  }),
  examples: [
    `br_netfilter:
  kmod.present:
    - persist: true`,
  ],
  async check({ name, persist, mods }, { host, grains }) {
    const wanted = mods ?? [name];
    const bad = wanted.find((one) => !/^\w[\w-]*$/.test(one));
    if (bad !== undefined) return fails(`The name ${bad} cannot be that of a kernel module`);
    const loaded = await Promise.all(wanted.map((one) => isLoaded(host, one)));
    const missing = wanted.filter((_, index) => loaded[index] === false);
    const atBoot = await bootModules(host, modulesFile(grains));
    const unsaved = persist ? wanted.filter((one) => !atBoot.includes(one)) : [];
    const todo = [...new Set([...missing, ...unsaved])];
    if (todo.length === 0)
      return isOk(
        wanted.length === 1
          ? `Kernel module ${name} is already present`
          : `Kernel modules ${wanted.join(', ')} are already present`,
      );
    const changes = Object.fromEntries(todo.map((one) => [one, 'loaded']));
    const plural = todo.length === 1 ? `Kernel module ${todo[0] ?? ''} is` : `Kernel modules ${todo.join(', ')} are`;
    return willChange({ comment: `${plural} set to be loaded`, changes }, (machine) =>
      attempt('Failed to load kernel module', async () => {
        for (const one of missing) await runTool(machine, ['modprobe', '--', one]);
        if (unsaved.length > 0)
          await machine.files.append(modulesFile(grains), Buffer.from(unsaved.map((one) => `${one}\n`).join('')));
        return { comment: `Loaded kernel module${todo.length === 1 ? '' : 's'} ${todo.join(', ')}`, changes };
      }),
    );
  },
});
