import { z } from 'zod';
import {
  absolutePath,
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  willChange,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import type { FstabEntry } from '../../providers/mounts/fstab.ts';
import { planFstab, type FstabPlan } from '../../providers/mounts/plan-fstab.ts';

/** `mount.swap` */
export const swap = defineState({
  name: 'mount.swap',
  summary: 'Keeps a device or file in use as swap, now and after a reboot.',
  args: z.object({
    name: lineText().describe('Absolute path of the device or file.'),
    persist: withDefault(flag(), true).describe('Whether it is written to the table.'),
    config: withDefault(absolutePath(), '/etc/fstab').describe('The table.'),
  }),
  examples: [
    `/swapfile:
  mount.swap: []`,
  ],
  async check({ name, persist, config }, { host }) {
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const real = (await host.files.realPath(name)) ?? name;
    const isOn = await isSwap(host, real);
    const entry = { device: name, name: 'none', type: 'swap', options: 'defaults', dump: '0', pass: '0' };
    const plan = await readPlan(host, { entry, config, persist });
    if (typeof plan === 'string') return fails(plan);
    const { outcome } = plan;
    if (isOn && outcome === 'present') return isOk(`Swap ${name} already active`);
    const changes = { ...(isOn ? {} : { swap: name }), ...persistChanges[outcome] };
    const comment = isOn
      ? `Swap ${name} is set to be added to the fstab and to be activated`
      : `Swap ${name} is set to be activated`;
    return willChange({ comment, changes }, (machine) =>
      attempt(`Swap ${name} failed to activate`, async () => {
        if (!isOn) await runTool(machine, ['swapon', '--', real]);
        if (outcome !== 'present') await machine.files.write(config, Buffer.from(plan.text));
        return { comment: doneComment({ name, isOn, outcome }), changes };
      }),
    );
  },
});

const persistChanges = { present: {}, new: { persist: 'new' }, change: { persist: 'update' } } as const;

interface SwapWish {
  readonly entry: FstabEntry;
  readonly config: string;
  readonly persist: boolean;
}

async function readPlan(host: ReadHost, { entry, config, persist }: SwapWish): Promise<FstabPlan | string> {
  if (!persist) return { outcome: 'present', text: '' };
  const table = await host.files.read(config);
  if (table === undefined) return `Bad config file "${config}"`;
  return planFstab(Buffer.from(table).toString('utf8'), { entry, matchOn: ['auto'] });
}

async function isSwap(host: ReadHost, real: string): Promise<boolean> {
  const active = Buffer.from((await host.files.read('/proc/swaps')) ?? '').toString('utf8');
  return active.split('\n').some((line) => line.split(/\s+/)[0] === real);
}

function doneComment(swap: { readonly name: string; readonly isOn: boolean; readonly outcome: string }): string {
  const done = `Swap ${swap.name} ${swap.isOn ? 'already active' : 'activated'}`;
  if (swap.outcome === 'present') return done;
  return `${done}. ${swap.outcome === 'new' ? 'Added new entry to' : 'Updated the entry in'} the fstab.`;
}
