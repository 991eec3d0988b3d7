import { z } from 'zod';
import { defineState, fails, isOk, lineText, operand, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { findPorts, readPort } from '../../providers/selinux/ports.ts';

/** `selinux.port_policy_absent` */
export const portPolicyAbsent = defineState({
  name: 'selinux.port_policy_absent',
  summary: 'Removes a rule of SELinux that gives a port its type.',
  args: z.object({
    name: lineText().describe('The port, as tcp/8080; any name when protocol and port are given.'),
    sel_type: optional(operand()).describe('Only a rule with this type.'),
    protocol: optional(lineText()).describe('tcp or udp.'),
    port: optional(lineText()).describe('The port, or a range of them.'),
  }),
  examples: [
    `tcp/8080:
  selinux.port_policy_absent: []`,
  ],
  check: ({ name, sel_type: type, protocol, port }, { host }) =>
    orFailure(async () => {
      const place = readPort(name, { protocol, port });
      if (typeof place === 'string') return fails(place);
      const found = (await findPorts(host, place)).find((one) => type === undefined || one.sel_type === type);
      if (found === undefined)
        return isOk(
          `SELinux policy for "${name}" already absent with specified sel_type "${type ?? 'None'}", protocol "${place.protocol}" and port "${place.port}".`,
        );
      const changes = { old: { ...found }, new: null };
      return willChange({ comment: `SELinux policy for "${name}" is set to be removed`, changes }, (machine) =>
        attempt('Error deleting policy', async () => {
          await runTool(machine, ['semanage', 'port', '--delete', '--proto', place.protocol, place.port]);
          return { comment: '', changes };
        }),
      );
    }),
});
