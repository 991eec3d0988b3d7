import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { planFstab } from '../../providers/mounts/plan-fstab.ts';

/** `mount.swap` */
export const swap = defineState({
  name: 'mount.swap',
  summary: 'Keeps a device or file in use as swap, now and after a reboot.',
  args: z.object({
    name: lineText().describe('Absolute path of the device or file.'),
    persist: withDefault(flag(), true).describe('Whether it is written to the table.'),
    config: withDefault(lineText(), '/etc/fstab').describe('The table.'),
  }),
  examples: [
    `/swapfile:
  mount.swap: []`,
  ],
  async check({ name, persist, config }, { host }) {
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const active = Buffer.from((await host.files.read('/proc/swaps')) ?? '').toString('utf8');
    const real = (await host.files.realPath(name)) ?? name;
    const isOn = active.split('\n').some((line) => line.split(/\s+/)[0] === real);
    const entry = { device: name, name: 'none', type: 'swap', options: 'defaults', dump: '0', pass: '0' };
    const table = persist ? await host.files.read(config) : undefined;
    if (persist && table === undefined) return fails(`Bad config file "${config}"`);
    const plan = planFstab(Buffer.from(table ?? '').toString('utf8'), { entry, matchOn: ['auto'] });
    if (typeof plan === 'string') return fails(plan);
    const writes = persist && plan.outcome !== 'present';
    if (isOn && !writes) return isOk(`Swap ${name} already active`);
    const written = plan.outcome === 'new' ? 'new' : 'update';
    const changes = { ...(isOn ? {} : { swap: name }), ...(writes ? { persist: written } : {}) };
    const comment = isOn
      ? `Swap ${name} is set to be added to the fstab and to be activated`
      : `Swap ${name} is set to be activated`;
    return willChange({ comment, changes }, (machine) =>
      attempt(`Swap ${name} failed to activate`, async () => {
        if (!isOn) await runTool(machine, ['swapon', '--', real]);
        if (writes) await machine.files.write(config, Buffer.from(plan.text));
        const done = `Swap ${name} ${isOn ? 'already active' : 'activated'}`;
        const note = plan.outcome === 'new' ? 'Added new entry to the fstab.' : 'Updated the entry in the fstab.';
        return { comment: writes ? `${done}. ${note}` : done, changes };
      }),
    );
  },
});
