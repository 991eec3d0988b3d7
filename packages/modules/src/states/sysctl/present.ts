import { AppError, isDict, pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  argument,
  defineState,
  fails,
  isOk,
  lineText,
  optional,
  willChange,
  type Host,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { makeParents } from '../../providers/files/make-parents.ts';
import {
  isKernelSetting,
  kernelSettingsFile,
  kernelSettingsHeading,
  plainSetting,
  readRunningSetting,
  readSettings,
  setSetting,
} from '../../providers/kernel/kernel-settings.ts';

const scalar = argument<Value>('text or a number', (value) =>
  isDict(value) || Array.isArray(value) ? undefined : value,
);

/** `sysctl.present` */
export const present = defineState({
  name: 'sysctl.present',
  summary: 'Keeps a kernel parameter at a value, now and after a reboot.',
  args: z.object({
    name: lineText().describe('The parameter, e.g. net.ipv4.ip_forward.'),
    value: scalar.describe('Its value.'),
    config: optional(absolutePath()).describe(
      'The file it is written to; /etc/sysctl.d/99-salt.conf with systemd, else /etc/sysctl.conf, unless given.',
    ),
  }),
  examples: [
    `vm.swappiness:
  sysctl.present:
    - value: 20`,
  ],
  async check({ name, value, config }, { host }) {
    if (!isKernelSetting(name)) return fails(`The name ${name} cannot be that of a kernel parameter`);
    const path = config ?? (await kernelSettingsFile(host));
    const wanted = plainSetting(pythonStr(value));
    const bytes = await host.files.read(path);
    const before = bytes === undefined ? kernelSettingsHeading : Buffer.from(bytes).toString('utf8');
    const written = readSettings(before).get(name);
    const configured = written === undefined ? undefined : plainSetting(written);
    const running = await readRunningSetting(host, name);
    const shown = pythonStr(value);
    if (configured === wanted && running === wanted) return isOk(`Sysctl value ${name} = ${shown} is already set`);
    const changes = { [name]: value };
    const pending = { comment: foretell({ name, shown, configured, isRunning: running === wanted }), changes };
    return willChange(pending, (machine) =>
      attempt(`Failed to set ${name} to ${shown}`, async () => {
        await makeParents(machine, path, {});
        await machine.files.write(path, Buffer.from(setSetting(before, name, wanted)));
        if (running === undefined)
          return {
            comment: `Failed to set ${name} to ${shown}: sysctl ${name} does not exist`,
            changes: {},
            failed: true,
          };
        if (running !== wanted) await setRunning(machine, name, wanted);
        return { comment: `Updated sysctl value ${name} = ${shown}`, changes };
      }),
    );
  },
});

/** A kernel that takes no such value is told of in words alone: sysctl ends well then. */
async function setRunning(machine: Host, name: string, wanted: string): Promise<void> {
  const { stderr } = await runTool(machine, ['sysctl', '-w', `${name}=${wanted}`]);
  if (/setting key|permission denied|invalid argument/i.test(stderr))
    throw new AppError({ code: 'state-failed', message: stderr.trim() });
}

function foretell(setting: {
  readonly name: string;
  readonly shown: string;
  readonly configured: string | undefined;
  readonly isRunning: boolean;
}): string {
  const { name, shown, configured, isRunning } = setting;
  if (configured !== undefined) return `Sysctl option ${name} would be changed to ${shown}`;
  return isRunning
    ? `Sysctl value is currently set on the running system but not in a config file. Sysctl option ${name} set to be changed to ${shown} in config file.`
    : `Sysctl option ${name} set to be changed to ${shown}`;
}
