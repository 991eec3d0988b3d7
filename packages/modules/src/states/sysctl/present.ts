import { z } from 'zod';
import { defineState, fails, isOk, lineText, optional, text, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import {
  isKernelSetting,
  kernelSettingsFile,
  plainSetting,
  readRunningSetting,
  readSettings,
  setSetting,
} from '../../providers/kernel/kernel-settings.ts';

/** `sysctl.present` */
export const present = defineState({
  name: 'sysctl.present',
  summary: 'Keeps a kernel parameter at a value, now and after a reboot.',
  args: z.object({
    name: lineText().describe('The parameter, e.g. net.ipv4.ip_forward.'),
    value: text().describe('Its value.'),
    config: optional(lineText()).describe('The file it is written to; /etc/sysctl.d/99-salt.conf unless given.'),
  }),
  examples: [
    `vm.swappiness:
  sysctl.present:
    - value: 20`,
  ],
  async check({ name, value, config }, { host }) {
    if (!isKernelSetting(name)) return fails(`The name ${name} cannot be that of a kernel parameter`);
    const path = config ?? kernelSettingsFile;
    const wanted = plainSetting(value);
    const before = Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
    const written = readSettings(before).get(name);
    const configured = written === undefined ? undefined : plainSetting(written);
    const running = await readRunningSetting(host, name);
    if (configured === wanted && (running === wanted || running === undefined))
      return isOk(`Sysctl value ${name} = ${value} is already set`);
    const changes = { [name]: wanted };
    return willChange({ comment: `Sysctl option ${name} set to be changed to ${value}`, changes }, (machine) =>
      attempt(`Failed to set ${name} to ${value}`, async () => {
        await makeParents(machine, path, {});
        await machine.files.write(path, Buffer.from(setSetting(before, name, wanted)));
        if (running !== wanted) await runTool(machine, ['sysctl', '-w', `${name}=${wanted}`]);
        return { comment: `Updated sysctl value ${name} = ${value}`, changes };
      }),
    );
  },
});
