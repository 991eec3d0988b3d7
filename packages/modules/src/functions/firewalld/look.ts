import { z } from 'zod';
import { defineFunction } from '../../kit/define-function.ts';
import { firewallCmd, firewallWords, ofZone, oneZone, permanent, zoneOrDefault } from './firewall-cmd.ts';
import { readZones } from './read-zones.ts';

const words = (name: string, summary: string, option: string) =>
  defineFunction({
    name,
    summary,
    args: z.object({ permanent }),
    examples: [`'*' ${name}`],
    run: async (args, context) => firewallWords(context, [option], args.permanent),
  });

const ofOneZone = (name: string, summary: string, option: string) =>
  defineFunction({
    name,
    summary,
    args: oneZone,
    examples: [`'*' ${name} public`],
    run: async (args, context) => firewallWords(context, [...ofZone(args.zone), option], args.permanent),
  });

export const getZones = words('firewalld.get_zones', 'The names of the zones.', '--get-zones');
export const getServices = words('firewalld.get_services', 'The names of the services.', '--get-services');
export const getIcmpTypes = words('firewalld.get_icmp_types', 'The names of the ICMP types.', '--get-icmptypes');
export const listPorts = ofOneZone('firewalld.list_ports', 'The ports that are open in a zone.', '--list-ports');
export const listIcmpBlock = ofOneZone(
  'firewalld.list_icmp_block',
  'The ICMP types that a zone blocks.',
  '--list-icmp-blocks',
);
export const getInterfaces = ofOneZone(
  'firewalld.get_interfaces',
  'The interfaces that are in a zone.',
  '--list-interfaces',
);
export const getSources = ofOneZone('firewalld.get_sources', 'The networks that are in a zone.', '--list-sources');

export const getRichRules = defineFunction({
  name: 'firewalld.get_rich_rules',
  summary: 'The rich rules of a zone.',
  args: oneZone,
  examples: ["'*' firewalld.get_rich_rules public"],
  async run(args, context) {
    const said = await firewallCmd(context, [...ofZone(args.zone), '--list-rich-rules'], args.permanent);
    return said === '' ? [] : said.split('\n');
  },
});

export const listServices = defineFunction({
  name: 'firewalld.list_services',
  summary: 'The services that a zone lets in.',
  args: z.object({ zone: zoneOrDefault, permanent }),
  examples: ["'*' firewalld.list_services", "'*' firewalld.list_services my_zone"],
  run: async (args, context) => firewallWords(context, [...ofZone(args.zone), '--list-services'], args.permanent),
});

export const listAll = defineFunction({
  name: 'firewalld.list_all',
  summary: 'All that there is in a zone.',
  args: z.object({ zone: zoneOrDefault, permanent }),
  examples: ["'*' firewalld.list_all", "'*' firewalld.list_all my_zone"],
  run: async (args, context) =>
    readZones(await firewallCmd(context, [...ofZone(args.zone), '--list-all'], args.permanent)),
});

export const listZones = defineFunction({
  name: 'firewalld.list_zones',
  summary: 'All that there is in each zone.',
  args: z.object({ permanent }),
  examples: ["'*' firewalld.list_zones"],
  run: async (args, context) => readZones(await firewallCmd(context, ['--list-all-zones'], args.permanent)),
});

export const getMasquerade = defineFunction({
  name: 'firewalld.get_masquerade',
  summary: 'Whether a zone hides those behind it.',
  args: z.object({ zone: zoneOrDefault, permanent }),
  examples: ["'*' firewalld.get_masquerade public"],
  async run(args, context) {
    const zones = readZones(await firewallCmd(context, [...ofZone(args.zone), '--list-all'], args.permanent));
    return !Object.values(zones).some((members) => members['masquerade']?.[0] === 'no');
  },
});

export const version = defineFunction({
  name: 'firewalld.version',
  summary: 'The version of firewalld.',
  args: z.object({}),
  examples: ["'*' firewalld.version"],
  run: async (_args, context) => firewallCmd(context, ['--version']),
});

export const defaultZone = defineFunction({
  name: 'firewalld.default_zone',
  summary: 'The zone for interfaces that are in none.',
  args: z.object({}),
  examples: ["'*' firewalld.default_zone"],
  run: async (_args, context) => firewallCmd(context, ['--get-default-zone']),
});
