import { z } from 'zod';
import { defineState, fails, isOk, lineText, optional, text, willChange, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { makeParents } from '../../providers/files/make-parents.ts';

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
    if (!/^[\w*][\w.*/-]*$/.test(name) || name.includes('..'))
      return fails(`The name ${name} cannot be that of a kernel parameter`);
    const path = config ?? '/etc/sysctl.d/99-salt.conf';
    const wanted = value.trim().replace(/\s+/g, ' ');
    const before = Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
    const configured = readSetting(before, name);
    const running = await readRunning(host, name);
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

async function readRunning(host: ReadHost, name: string): Promise<string | undefined> {
  const parts = name.includes('/') ? name : name.replaceAll('.', '/');
  const bytes = await host.files.read(`/proc/sys/${parts}`).catch(() => undefined);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8').trim().replace(/\s+/g, ' ');
}

function readSetting(text: string, name: string): string | undefined {
  const rows = text.split('\n').map((line) => /^\s*([^#;=\s]+)\s*=\s*(.*)$/.exec(line));
  return rows
    .find((row) => row?.[1] === name)?.[2]
    ?.trim()
    .replace(/\s+/g, ' ');
}

function setSetting(text: string, name: string, value: string): string {
  const line = `${name} = ${value}`;
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const index = lines.findIndex((one) => /^\s*([^#;=\s]+)\s*=/.exec(one)?.[1] === name);
  return [...(index < 0 ? [...lines, line] : lines.with(index, line)), ''].join('\n');
}
