import { isIP } from 'node:net';
import { isDict, pythonStr, toPlain, type Dict } from '@brine/common';
import { z } from 'zod';
import { commaList, dict, either, lineText, optional, type Argument } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { connectDocker } from '../../providers/docker/docker-api.ts';
import { omitAbsent } from '../../providers/omit-absent.ts';
import { dockerName } from './look.ts';

export const connectContainer = defineFunction({
  name: 'docker.connect_container_to_network',
  ignoresOthers: true,
  summary: 'Puts a container on a network; answers true.',
  args: z.object({
    container: dockerName,
    net_id: dockerName,
    ipv4_address: optional(address(4)).describe('Its IPv4 address there.'),
    ipv6_address: optional(address(6)).describe('Its IPv6 address there.'),
    aliases: optional(commaList()).describe('Further names that it has there.'),
    links: optional(either(dict(), commaList())).describe('Containers it knows by another name: `name:alias`.'),
    link_local_ips: optional(commaList()).describe('Link-local addresses.'),
    driver_opts: optional(dict()).describe('Options of the driver.'),
  }),
  examples: [
    "'*' docker.connect_container_to_network web-1 1f9d2454d0872b68dd9e8744c6e7a4c66b86f10abaccc21e14f7f014f729b2bc",
    "'*' docker.connect_container_to_network web-1 front ipv4_address=10.8.0.5 aliases=www,api",
  ],
  async run(args, context) {
    const { ipv4_address: four, ipv6_address: six, link_local_ips: locals, links } = args;
    const addresses = omitAbsent({ IPv4Address: four, IPv6Address: six, LinkLocalIPs: locals });
    const settings = omitAbsent({
      Aliases: args.aliases,
      Links: isDict(links ?? null)
        ? Array.from(links as Dict, ([name, as]) => `${pythonStr(name)}:${pythonStr(as)}`)
        : links,
      IPAMConfig: Object.keys(addresses).length === 0 ? undefined : addresses,
      DriverOpts: args.driver_opts === undefined ? undefined : toPlain(args.driver_opts),
    });
    await connectDocker(context).post(`/networks/${encodeURIComponent(args.net_id)}/connect`, {
      Container: args.container,
      ...(Object.keys(settings).length === 0 ? {} : { EndpointConfig: settings }),
    });
    return true;
  },
});

function address(family: 4 | 6): Argument<string> {
  return lineText().refine((value) => isIP(value) === family, `must be an IPv${family} address`);
}

export const disconnectContainer = defineFunction({
  name: 'docker.disconnect_container_from_network',
  ignoresOthers: true,
  summary: 'Takes a container off a network; answers true.',
  args: z.object({ container: dockerName, network_id: dockerName }),
  examples: [
    "'*' docker.disconnect_container_from_network web-1 1f9d2454d0872b68dd9e8744c6e7a4c66b86f10abaccc21e14f7f014f729b2bc",
  ],
  async run({ container, network_id: network }, context) {
    await connectDocker(context).post(`/networks/${encodeURIComponent(network)}/disconnect`, { Container: container });
    return true;
  },
});
