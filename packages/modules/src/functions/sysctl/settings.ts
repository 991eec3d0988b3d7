import { z } from 'zod';
import { lineText, optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
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
import { failure } from '../failure.ts';
import { complaint, readOutput, runProgram } from '../run-program.ts';
import { readText, writeText } from '../text-file.ts';

const name = text()
  .refine(isKernelSetting, 'must be the name of a kernel setting')
  .describe('The setting, e.g. `net.ipv4.ip_forward`.');
const value = lineText().describe('Its value.');

export const get = defineFunction({
  name: 'sysctl.get',
  summary: 'The value of a kernel setting, or what sysctl complains about.',
  args: z.object({ name }),
  examples: ["'*' sysctl.get net.ipv4.ip_forward"],
  async run({ name: setting }, { host, signal, setRetcode }) {
    const result = await host.inspect({ command: ['sysctl', '-n', setting], signal });
    if (result.exitCode === 0) return result.stdout.replace(/\n$/, '');
    setRetcode(result.exitCode);
    return complaint(result);
  },
});

export const show = defineFunction({
  name: 'sysctl.show',
  summary: 'All kernel settings, or those of a file.',
  args: z.object({ config_file: optional(lineText()).describe('A file in the form of sysctl.conf.') }),
  examples: ["'*' sysctl.show", "'*' sysctl.show config_file=/etc/sysctl.conf"],
  async run({ config_file: file }, context) {
    if (file !== undefined) return new Map(readSettings((await readText(context.host, file)) ?? ''));
    const lines = (await readOutput(context, ['sysctl', '-a'])).split('\n');
    const rows = lines.map((line) => line.split(' = ')).filter((parts) => parts.length > 1);
    return new Map(rows.map(([setting = '', ...rest]) => [setting, rest.join(' = ')]));
  },
});

export const defaultConfig = defineFunction({
  name: 'sysctl.default_config',
  summary: 'The file kernel settings are written to unless another is named.',
  args: z.object({}),
  examples: ["'*' sysctl.default_config"],
  run: (_args, { host }) => kernelSettingsFile(host),
});

export const assign = defineFunction({
  name: 'sysctl.assign',
  summary: 'Sets a kernel setting until the next start of the machine and answers it.',
  args: z.object({ name, value }),
  examples: ["'*' sysctl.assign net.ipv4.ip_forward 1"],
  run: async ({ name: setting, value: wanted }, context) => ({ [setting]: await assignNow(context, setting, wanted) }),
});

export const persist = defineFunction({
  name: 'sysctl.persist',
  summary: 'Sets a kernel setting now and in a file; answers Updated or Already set.',
  args: z.object({
    name,
    value,
    config: optional(lineText()).describe(
      'The file; /etc/sysctl.d/99-salt.conf with systemd, else /etc/sysctl.conf, unless given.',
    ),
  }),
  examples: ["'*' sysctl.persist net.ipv4.ip_forward 1"],
  async run({ name: setting, value: wanted, config }, context) {
    const file = config ?? (await kernelSettingsFile(context.host));
    const before = await readText(context.host, file);
    const current = readSettings(before ?? '').get(setting);
    const isWritten = current !== undefined && plainSetting(current) === plainSetting(wanted);
    const isRunning = (await readRunningSetting(context.host, setting)) === plainSetting(wanted);
    if (isWritten && isRunning) return 'Already set';
    if (!isWritten) {
      await makeParents(context.host, file, {});
      await writeText(context.host, file, setSetting(before ?? kernelSettingsHeading, setting, wanted));
    }
    await assignNow(context, setting, wanted);
    return 'Updated';
  },
});

async function assignNow(context: FunctionContext, setting: string, wanted: string): Promise<string> {
  if ((await readRunningSetting(context.host, setting)) === undefined)
    throw failure(`sysctl ${setting} does not exist`);
  const result = await runProgram(context, ['sysctl', '-w', `${setting}=${wanted}`]);
  // sysctl may end well though the kernel refused the value.
  if (result.exitCode !== 0 || result.stderr.includes('Invalid argument'))
    throw failure(`sysctl -w failed: ${complaint(result)}`);
  return wanted;
}
