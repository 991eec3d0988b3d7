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

/** `kmod.absent` */
export const absent = defineState({
  name: 'kmod.absent',
  summary: 'Keeps kernel modules unloaded.',
  args: z.object({
    name: lineText().describe('The module.'),
    persist: withDefault(flag(), false).describe('Whether it is no longer loaded at boot.'),
    comment: withDefault(flag(), true).describe('Whether its line is commented out rather than removed.'),
    mods: optional(textList()).describe('Several modules.'),
  }),
  examples: [
    `pcspkr:
  kmod.absent:
    - persist: true`,
  ],
  async check({ name, persist, comment, mods }, { host, grains }) {
    const unwanted = mods ?? [name];
    const bad = unwanted.find((one) => !/^\w[\w-]*$/.test(one));
    if (bad !== undefined) return fails(`The name ${bad} cannot be that of a kernel module`);
    const loaded = await Promise.all(unwanted.map((one) => isLoaded(host, one)));
    const present = unwanted.filter((_, index) => loaded[index] === true);
    const saved = persist ? (await bootModules(host, modulesFile(grains))).filter((one) => unwanted.includes(one)) : [];
    const todo = [...new Set([...present, ...saved])];
    if (todo.length === 0) return isOk(`Kernel module ${unwanted.join(', ')} is already removed`);
    const changes = Object.fromEntries(todo.map((one) => [one, 'removed']));
    return willChange({ comment: `Kernel module ${todo.join(', ')} is set to be removed`, changes }, (machine) =>
      attempt('Failed to remove kernel module', async () => {
        for (const one of present) await runTool(machine, ['modprobe', '-r', '--', one]);
        if (saved.length > 0) {
          const text = Buffer.from((await machine.files.read(modulesFile(grains))) ?? '').toString('utf8');
          const isSaved = (line: string): boolean => saved.includes(line.trim().split(/\s+/)[0] ?? '');
          const lines = text.split('\n').flatMap((line) => (isSaved(line) ? (comment ? [`#${line}`] : []) : [line]));
          await machine.files.write(modulesFile(grains), Buffer.from(lines.join('\n')));
        }
        return { comment: `Removed kernel module ${todo.join(', ')}`, changes };
      }),
    );
  },
});
