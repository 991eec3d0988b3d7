import { z } from 'zod';
import { defineState, fails, lineText, type ReadHost } from '../../kit/index.ts';
import { checkUfwRule } from './check-ufw-rule.ts';
import { ufwPart } from './ufw.ts';

const Arguments = z.object({
  name: lineText().describe('Any name.'),
  app: ufwPart('Name of an application profile, in the place of ports and protocol; `*` is any.'),
  interface: ufwPart('Name of the network interface that packets come in on.'),
  protocol: ufwPart('Protocol, such as tcp.'),
  from_addr: ufwPart('Where packets come from: an address, a network, or the name of a host that is looked up.'),
  from_port: ufwPart('Port they come from, also `6000:6007` or `80,443`.'),
  to_addr: ufwPart('Where packets go to: an address or a network.'),
  to_port: ufwPart('Port they go to, also `6000:6007` or `80,443`, or the name of a service; `*` is any.'),
  comment: ufwPart('What the rule is for; ufw shows it.'),
});

interface Kind {
  readonly function: 'allow' | 'allowed' | 'deny' | 'limit' | 'reject';
  readonly action: string;
  readonly summary: string;
  readonly insert?: number;
}

/** The state that keeps a rule of one kind. */
export function ufwRuleState({ function: name, action, insert, summary }: Kind) {
  return defineState({
    name: `ufw.${name}`,
    summary,
    args: Arguments,
    examples: [`web:\n  ufw.${name}:\n    - protocol: tcp\n    - from_addr: 192.0.2.0/24\n    - to_port: 80,443`],
    async check(given, context) {
      const anyUnless = (part: string | undefined) => (part === '*' ? undefined : part);
      const from = given.from_addr === undefined ? undefined : await lookUp(context.host, given.from_addr);
      if (given.from_addr !== undefined && from === undefined) return fails(`There is no host ${given.from_addr}`);
      const { interface: on, protocol, comment } = given;
      const rule = {
        ...{ action, insert, interface: on, protocol, comment, app: anyUnless(given.app) },
        ...{ fromAddress: from, fromPort: given.from_port, toAddress: given.to_addr, toPort: anyUnless(given.to_port) },
      };
      return checkUfwRule(given.name, rule, context);
    },
  });
}

/** An address or network as it is; that of a host otherwise. `undefined` when there is no such host. */
async function lookUp(host: ReadHost, name: string): Promise<string | undefined> {
  if (/^[\d:]|^any$|^[\da-f]*:/i.test(name)) return name;
  const { exitCode, stdout } = await host.inspect({ command: ['getent', 'ahostsv4', '--', name], timeout: 30_000 });
  return exitCode === 0 ? /^\S+/.exec(stdout)?.[0] : undefined;
}
