import { pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, defineState, isOk, optional, text, textList, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { planNetworkSettings } from '../../providers/network/network-settings.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { diffTexts } from '../../providers/text/unified-diff.ts';
import { runTool } from '../../providers/commands/run-tool.ts';

const redHat = (): ReturnType<typeof optional<Value>> =>
  optional(anyValue()).describe('Accepted; it is a setting of Red Hat.');

/** `network.system` */
export const system = defineState({
  name: 'network.system',
  summary:
    'Keeps settings of the network as a whole: whether it starts at boot, the host name, domain and search list.',
  args: z.object({
    name: text().describe('Any name.'),
    enabled: optional(anyValue()).describe('Whether interfaces are configured at boot.'),
    hostname: optional(text()).describe('The host name, with the domain behind a dot.'),
    apply_hostname: optional(anyValue()).describe('yes: the host name is set, now and at boot.'),
    search: optional(textList()).describe('Domains to search, for /etc/resolv.conf: in one text, or a list.'),
    require_reboot: optional(anyValue()).describe('yes: the network is not started anew.'),
    gateway: redHat(),
    gatewaydev: redHat(),
    nozeroconf: redHat(),
    nisdomain: redHat(),
    retain_settings: redHat(),
  }),
  examples: [
    `network:
  network.system:
    - enabled: true
    - hostname: web1.example.org
    - apply_hostname: true
    - require_reboot: true`,
  ],
  acceptsUnknown: true,
  check: (args, context) =>
    orFailure(async () => {
      const isTrue = (value: Value | undefined): boolean =>
        value !== undefined && ['yes', 'on', 'true', '1'].includes(pythonStr(value).toLowerCase());
      const appliesHostname = isTrue(args.apply_hostname);
      const plan = await planNetworkSettings(
        { ...args, search: args.search?.join(' '), appliesHostname },
        context.host,
      );
      if (plan.files.length === 0) return isOk('Global network settings are up to date.');
      const diff = plan.files
        .map(({ old, content }) => diffTexts(old, content))
        .join('')
        .trimEnd();
      const changes = { network_settings: diff };
      return willChange({ comment: `Global network settings are set to be updated:\n${diff}`, changes }, (machine) =>
        attempt('', async () => {
          for (const { path, content } of plan.files) await machine.files.write(path, Buffer.from(content));
          if (plan.hostname !== undefined) await runTool(machine, ['hostname', '--', plan.hostname]);
          if (!isTrue(args.require_reboot)) await context.call('service.restart', ['networking']);
          return { comment: 'Global network settings are up to date.', changes };
        }),
      );
    }),
});
