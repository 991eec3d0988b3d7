import { isDict, pythonStr } from '@brine/common';
import { z } from 'zod';
import { anyValue, defineState, fails, isOk, lineText, optional, valueList, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { routeScripts } from '../../providers/network/route-scripts.ts';
import { diffTexts } from '../../providers/text/unified-diff.ts';

/** `network.routes` */
export const routes = defineState({
  name: 'network.routes',
  summary: 'Keeps static routes that are set when an interface comes up.',
  args: z.object({
    name: lineText().describe('Name of the interface.'),
    routes: valueList().describe('Dicts of name, ipaddr, netmask, gateway and metric.'),
    require_reboot: optional(anyValue()).describe('yes: the network is not started anew.'),
  }),
  examples: [
    `eth0:
  network.routes:
    - routes:
      - name: office
        ipaddr: 10.1.0.0
        netmask: 255.255.0.0
        gateway: 10.0.0.1`,
  ],
  acceptsUnknown: true,
  async check({ name, routes: rows, require_reboot: reboots }, context) {
    if (!/^[\w.:-]{1,15}$/.test(name)) return fails(`${name} cannot be the name of an interface`);
    const wanted = rows.filter(isDict);
    if (wanted.length !== rows.length) return fails('Each route is a dict');
    const files = routeScripts(name, wanted);
    const old = await Promise.all(
      files.map(async ({ path }) => Buffer.from((await context.host.files.read(path)) ?? '').toString('utf8')),
    );
    if (files.every(({ content }, index) => content === old[index]))
      return isOk(`Interface ${name} routes are up to date.`);
    const diff = diffTexts(old.join(''), files.map(({ content }) => content).join('')).trimEnd();
    const isNew = old.every((text) => text === '');
    const changes = { network_routes: isNew ? `Added interface ${name} routes.` : diff };
    const pending = isNew
      ? `Interface ${name} routes are set to be added.`
      : `Interface ${name} routes are set to be updated:\n${diff}`;
    return willChange({ comment: pending, changes }, (machine) =>
      attempt('', async () => {
        for (const { path, content } of files) await machine.files.write(path, Buffer.from(content), { mode: 0o755 });
        const waits = ['yes', 'on', 'true', '1'].includes(pythonStr(reboots ?? '').toLowerCase());
        if (!waits) await context.call('service.restart', ['networking']);
        return { comment: `Interface ${name} routes ${isNew ? 'added' : 'updated'}.`, changes };
      }),
    );
  },
});
