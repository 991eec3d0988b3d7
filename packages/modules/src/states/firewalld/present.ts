import type { Plain } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  flag,
  isOk,
  lineText,
  optional,
  textList,
  willChange,
  withDefault,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askFirewalld, changeFirewalld, defaultZone, listFirewalld } from '../../providers/firewall/firewalld.ts';
import { compareMembers, listMembers, memberKinds } from '../../providers/firewall/firewalld-zone.ts';

const zoneName = lineText()
  .refine((value) => /^[\w-]+$/.test(value), 'must be the name of a zone')
  .describe('Name of the zone.');
const members = (what: string) => optional(textList()).describe(what);
const prune = withDefault(flag(), false).describe('Whether others are removed.');
const Arguments = z.object({
  name: zoneName,
  default: optional(flag()).describe('Make it the zone for interfaces that are in none.'),
  masquerade: withDefault(flag(), false).describe('Whether the zone masquerades.'),
  block_icmp: members('Types of ICMP messages to block.'),
  prune_block_icmp: prune,
  ports: members('Ports to open, as `80/tcp`.'),
  prune_ports: prune,
  port_fwd: members('Ports to forward, as `22:2222:tcp:192.0.2.1`: from, to, protocol, address.'),
  prune_port_fwd: prune,
  services: members('Services to open.'),
  prune_services: prune,
  interfaces: members('Network interfaces in the zone.'),
  prune_interfaces: prune,
  sources: members('Addresses in the zone.'),
  prune_sources: prune,
  rich_rules: members('Rules in the rich language.'),
  prune_rich_rules: prune,
});
type Arguments = z.infer<typeof Arguments>;

/** `firewalld.present` */
export const present = defineState({
  name: 'firewalld.present',
  summary: 'Keeps a zone of firewalld as described, for good and in the running firewall.',
  args: Arguments,
  examples: [
    `web:
  firewalld.present:
    - name: public
    - ports:
        - 8080/tcp
    - services:
        - http`,
  ],
  async check(zone, { host }) {
    const { steps, changes } = await planZone(host, zone);
    if (Object.keys(changes).length === 0) return isOk(`'${zone.name}' is already in the desired state.`);
    return willChange({ comment: `Configuration for '${zone.name}' will change.`, changes }, (machine) =>
      attempt('Error', async () => {
        await changeFirewalld(machine, steps);
        return { comment: `'${zone.name}' was configured.`, changes };
      }),
    );
  },
});

interface ZonePlan {
  readonly steps: readonly (readonly string[])[];
  readonly changes: Readonly<Record<string, Plain>>;
}

async function planZone(host: ReadHost, zone: Arguments): Promise<ZonePlan> {
  const zones = await listFirewalld(host, ['--get-zones']);
  const isThere = zones.includes(zone.name);
  const made: ZonePlan = isThere
    ? { steps: [], changes: {} }
    : {
        steps: [['--permanent', `--new-zone=${zone.name}`], ['--reload']],
        changes: { [zone.name]: { old: [...zones], new: zone.name } },
      };
  const [members, masquerade, standard] = [
    await planMembers(host, zone, isThere),
    await planMasquerade(host, zone, isThere),
    await planDefault(host, zone),
  ];
  const plans = [made, members, masquerade, standard];
  return {
    steps: plans.flatMap((plan) => plan.steps),
    changes: Object.assign({}, ...plans.map((plan) => plan.changes)) as Record<string, Plain>,
  };
}

async function planMembers(host: ReadHost, zone: Arguments, isThere: boolean): Promise<ZonePlan> {
  const plan: { steps: string[][]; changes: Record<string, Plain> } = { steps: [], changes: {} };
  for (const [name, kind] of Object.entries(memberKinds)) {
    const argument = name as keyof typeof memberKinds;
    const [wanted, prunes] = [zone[argument] ?? [], zone[`prune_${argument}`]];
    if (wanted.length === 0 && !prunes) continue;
    const there = isThere ? await listMembers(host, zone.name, kind) : [];
    const { steps, changes } = compareMembers(kind, there, { wanted, prune: prunes });
    plan.steps.push(...steps.map((step) => ['--permanent', `--zone=${zone.name}`, step]));
    Object.assign(plan.changes, changes);
  }
  return plan;
}

async function planMasquerade(host: ReadHost, { name, masquerade }: Arguments, isThere: boolean): Promise<ZonePlan> {
  const zone = `--zone=${name}`;
  const does = isThere && /^\s*masquerade: yes\s*$/m.test(await askFirewalld(host, [zone, '--list-all']));
  if (does === masquerade) return { steps: [], changes: {} };
  const verb = masquerade ? 'set' : 'disabled';
  return {
    steps: [['--permanent', zone, masquerade ? '--add-masquerade' : '--remove-masquerade']],
    changes: { masquerade: { old: '', new: `Masquerading successfully ${verb}.` } },
  };
}

async function planDefault(host: ReadHost, zone: Arguments): Promise<ZonePlan> {
  if (zone.default !== true) return { steps: [], changes: {} };
  const old = await defaultZone(host);
  if (old === zone.name) return { steps: [], changes: {} };
  return { steps: [[`--set-default-zone=${zone.name}`]], changes: { default: { old, new: zone.name } } };
}
