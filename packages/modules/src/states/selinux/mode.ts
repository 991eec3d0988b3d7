import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange, type Host } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { configFile, configuredMode, currentMode, withMode, type SelinuxMode } from '../../providers/selinux/mode.ts';

/** `selinux.mode` */
export const mode = defineState({
  name: 'selinux.mode',
  summary:
    'Keeps SELinux enforcing, permissive or disabled. Going to or from `disabled` takes a restart of the machine.',
  args: z.object({ name: lineText().describe('`enforcing`, `permissive` or `disabled`.') }),
  examples: [
    `enforcing:
  selinux.mode: []`,
  ],
  async check({ name }, { host }) {
    const wanted = readMode(name);
    if (wanted === undefined) return fails(`${name} is not an accepted mode`);
    const [now, configured] = [await currentMode(host), await configuredMode(host)];
    const old = now === wanted && configured !== wanted ? (configured ?? 'unknown') : now;
    if (old === wanted) return isOk(`SELinux is already in ${wanted} mode`);
    const changes = { old, new: wanted };
    return willChange({ comment: `SELinux mode is set to be changed to ${wanted}`, changes }, (machine) =>
      attempt(`Failed to set SELinux to ${wanted} mode`, async () => {
        await setMode(machine, wanted, now);
        return { comment: `SELinux has been set to ${wanted} mode`, changes };
      }),
    );
  },
});

function readMode(word: string): SelinuxMode | undefined {
  const lower = word.toLowerCase();
  if (lower.startsWith('e') || lower === '1' || lower === 'on' || lower === 'true') return 'Enforcing';
  if (lower.startsWith('p') || lower === '0' || lower === 'off' || lower === 'false') return 'Permissive';
  return lower.startsWith('d') ? 'Disabled' : undefined;
}

async function setMode(machine: Host, wanted: SelinuxMode, now: SelinuxMode): Promise<void> {
  if (now !== 'Disabled') await runTool(machine, ['setenforce', wanted === 'Enforcing' ? '1' : '0']);
  const text = Buffer.from((await machine.files.read(configFile)) ?? '').toString();
  await machine.files.write(configFile, Buffer.from(withMode(text, wanted)));
}
