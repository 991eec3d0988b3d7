import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `locale.system` */
export const system = defineState({
  name: 'locale.system',
  summary: 'Keeps the locale of the machine.',
  args: z.object({ name: lineText().describe('The locale, e.g. en_US.UTF-8.') }),
  examples: [
    `en_US.UTF-8:
  locale.system: []`,
  ],
  async check({ name }, { host, grains }) {
    if (!/^[A-Za-z][\w.@-]*$/.test(name)) return fails(`The name ${name} cannot be that of a locale`);
    const file = grains.get('os_family') === 'RedHat' ? '/etc/locale.conf' : '/etc/default/locale';
    const lines = await readLines(host, file);
    const index = lines.findIndex((line) => line.startsWith('LANG='));
    const current = lines[index]?.slice('LANG='.length).replace(/^"(.*)"$/, '$1');
    if (current === name) return isOk(`System locale ${name} already set`);
    const changes = { locale: name };
    return willChange({ comment: `System locale ${name} needs to be set`, changes }, (machine) =>
      attempt(`Failed to set system locale to ${name}`, async () => {
        // It refuses a locale that was not made, which would leave every login with complaints.
        if ((await machine.which('update-locale')) !== undefined)
          await runTool(machine, ['update-locale', `LANG=${name}`]);
        else {
          const line = `LANG=${name}`;
          const all = index < 0 ? [...lines, line] : lines.with(index, line);
          await machine.files.write(file, Buffer.from(all.map((one) => `${one}\n`).join('')));
        }
        return { comment: `Set system locale ${name}`, changes };
      }),
    );
  },
});

async function readLines(host: ReadHost, path: string): Promise<readonly string[]> {
  const text = Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
