import { z } from 'zod';
import { defineState, fails, isOk, lineText, operand, optional, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { orFailure } from '../../providers/or-failure.ts';
import { findPorts, readPort } from '../../providers/selinux/ports.ts';

/** `selinux.port_policy_present` */
export const portPolicyPresent = defineState({
  name: 'selinux.port_policy_present',
  summary: 'Keeps a rule of SELinux that gives a port its type.',
  args: z.object({
    name: lineText().describe('The port, as tcp/8080; any name when protocol and port are given.'),
    sel_type: operand().describe('The type.'),
    protocol: optional(lineText()).describe('tcp or udp.'),
    port: optional(lineText()).describe('The port, or a range of them.'),
    sel_range: optional(operand()).describe('The level.'),
  }),
  examples: [
    `tcp/8080:
  selinux.port_policy_present:
    - sel_type: http_port_t`,
  ],
  check: ({ name, sel_type: type, protocol, port, sel_range: level }, { host }) =>
    orFailure(async () => {
      const place = readPort(name, { protocol, port });
      if (typeof place === 'string') return fails(place);
      const found = await findPorts(host, place);
      if (found.some((one) => one.sel_type === type))
        return isOk(
          `SELinux policy for "${name}" already present with specified sel_type "${type}", protocol "${place.protocol}" and port "${place.port}".`,
        );
      const [old] = found;
      const changes = { old: old === undefined ? null : { ...old }, new: { sel_type: type, ...place } };
      return willChange({ comment: `SELinux policy for "${name}" is set to be written`, changes }, (machine) =>
        attempt('Error adding new policy', async () => {
          const range = level === undefined ? [] : ['--range', level];
          // A port that has a type already, of its own or by the policy, can only be given another one.
          const verb = old === undefined ? '--add' : '--modify';
          const words = ['--proto', place.protocol, '--type', type, ...range, place.port];
          await runTool(machine, ['semanage', 'port', verb, ...words]);
          return { comment: '', changes };
        }),
      );
    }),
});
