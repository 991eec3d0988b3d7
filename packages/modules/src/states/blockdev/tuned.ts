import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  integer,
  isOk,
  optional,
  operand,
  willChange,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool, toolFailure } from '../../providers/commands/run-tool.ts';

interface Setting {
  readonly key: string;
  readonly wanted: string;
  /** The options of blockdev that ask for it and set it. */
  readonly ask: string;
  readonly set: readonly string[];
  /** What blockdev answers, as the argument gives it. */
  show(answer: string): string;
}

/** `blockdev.tuned` */
export const tuned = defineState({
  name: 'blockdev.tuned',
  summary: 'Keeps the settings of a block device.',
  args: z.object({
    name: operand().describe('Path of the device.'),
    'read-ahead': optional(integer()).describe('Sectors that are read ahead.'),
    'filesystem-read-ahead': optional(integer()).describe('Sectors that file systems read ahead.'),
    'read-only': optional(flag()).describe('Whether it can only be read.'),
    'read-write': optional(flag()).describe('Whether it can be written.'),
  }),
  examples: [
    `/dev/sdb:
  blockdev.tuned:
    - read-ahead: 1024`,
  ],
  acceptsUnknown: true,
  async check({ name, ...wishes }, { host }) {
    if ((await host.files.stat(name, { follow: true }))?.kind !== 'block-device')
      return fails(`Changes to ${name} cannot be applied. Not a block device. `);
    if (wishes['read-only'] !== undefined && wishes['read-only'] === wishes['read-write'])
      return fails(`${name} can be read-only or read-write, not both and not neither`);
    const differing: { readonly setting: Setting; readonly old: string }[] = [];
    for (const setting of settingsOf(wishes)) {
      const old = setting.show(await ask(host, name, setting.ask));
      if (old !== setting.wanted) differing.push({ setting, old });
    }
    if (differing.length === 0) return isOk(`Block device ${name} already in correct state`);
    const changes: Record<string, string> = {};
    for (const { setting, old } of differing) changes[setting.key] = `Changed from ${old} to ${setting.wanted}`;
    return willChange({ comment: `Changes to ${name} will be applied `, changes }, (machine) =>
      attempt(`Failed to modify block device ${name}`, async () => {
        for (const { setting } of differing) await runTool(machine, ['blockdev', ...setting.set, name]);
        return { comment: `Block device ${name} successfully modified `, changes };
      }),
    );
  },
});

async function ask(host: ReadHost, device: string, option: string): Promise<string> {
  const command = ['blockdev', option, device];
  const result = await host.inspect({ command, timeout: 60_000 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout.trim();
}

function settingsOf(wishes: Readonly<Record<string, number | boolean | undefined>>): readonly Setting[] {
  const { 'read-only': isFixed, 'read-write': isOpen } = wishes;
  const sectors = (key: string, kind: string): readonly Setting[] => {
    const wanted = wishes[key];
    if (wanted === undefined) return [];
    const set = [`--set${kind}`, String(wanted)];
    return [{ key, wanted: String(wanted), ask: `--get${kind}`, set, show: (answer) => answer }];
  };
  const access = (key: string, wanted: boolean, readOnly: boolean): Setting => ({
    key,
    wanted: wanted ? 'True' : 'False',
    ask: '--getro',
    set: [readOnly ? '--setro' : '--setrw'],
    show: (answer) => ((answer === '1') === (key === 'read-only') ? 'True' : 'False'),
  });
  return [
    ...sectors('read-ahead', 'ra'),
    ...sectors('filesystem-read-ahead', 'fra'),
    ...(isFixed === undefined ? [] : [access('read-only', isFixed === true, isFixed === true)]),
    ...(isOpen === undefined ? [] : [access('read-write', isOpen === true, isOpen !== true)]),
  ];
}
