import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { anyValue, defineState, fails, isOk, optional, text, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

/** `sysfs.present` */
export const present = defineState({
  name: 'sysfs.present',
  summary: 'Keeps an attribute below /sys at a value, until the next boot.',
  args: z.object({
    name: text().describe('The attribute: a path below /sys.'),
    value: anyValue().describe('The value.'),
    config: optional(text()).describe('Accepted without effect, as in Salt.'),
  }),
  examples: [
    `kernel/mm/transparent_hugepage/enabled:
  sysfs.present:
    - value: never`,
  ],
  async check({ name, value }, { host }) {
    const path = name.startsWith('/sys/') ? name : `/sys/${name.replace(/^\/+/, '')}`;
    if (path.split('/').includes('..')) return fails(`${name} is not a SysFS attribute.`);
    const stat = await host.files.stat(path, { follow: true });
    if (stat === undefined) return fails(`SysFS attribute ${name} doesn't exist.`);
    if (stat.kind === 'directory') return fails(`${name} is not a SysFS attribute.`);
    const text = Buffer.from((await host.files.read(path)) ?? '')
      .toString('utf8')
      .trim();
    // An attribute with choices lists all and marks the one that counts.
    const current = text.replace(/^.*\[|\].*$/g, '');
    const wanted = pythonStr(value);
    if (current === wanted) return isOk(`SysFS attribute ${name} is already set.`);
    const changes = { [name]: value };
    return willChange({ comment: `SysFS attribute ${name} set to be changed.`, changes }, (machine) =>
      attempt(`Failed to set ${name} to ${wanted}`, async () => {
        // The kernel takes a value in place; there is no file to put beside it.
        await runTool(machine, ['tee', path], { input: wanted });
        return { comment: `Updated SysFS attribute ${name} to ${wanted}`, changes };
      }),
    );
  },
});
