import { z } from 'zod';
import {
  anyValue,
  defineState,
  dictOrList,
  flag,
  lineText,
  optional,
  textList,
  unsupported,
  valueList,
  withDefault,
} from '../../kit/index.ts';
import { checkNetwork } from '../../providers/docker/check-network.ts';
import { connectDocker } from '../../providers/docker/docker-api.ts';
import { toNetworkSpec } from '../../providers/docker/networks.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `docker_network.present` */
export const present = defineState({
  name: 'docker_network.present',
  summary: 'Keeps a network as described, made anew when a setting changed, and containers on it.',
  args: z.object({
    name: lineText().describe('Name of the network.'),
    containers: optional(textList()).describe('Containers on it; others on it are left alone.'),
    reconnect: withDefault(flag(), true).describe('Whether containers are put on a network that was made anew.'),
    driver: optional(lineText()).describe('Its driver; bridge unless given.'),
    driver_opts: optional(dictOrList()).describe('Options of the driver.'),
    options: optional(dictOrList()).describe('The same as driver_opts.'),
    internal: optional(flag()).describe('Whether it leads nowhere outside.'),
    enable_ipv6: optional(flag()).describe('Whether it has IPv6 addresses.'),
    attachable: optional(flag()).describe('Whether containers outside of services may join it.'),
    labels: optional(anyValue()).describe('Labels.'),
    subnet: optional(lineText()).describe('Its subnet: 10.9.0.0/24.'),
    iprange: optional(lineText()).describe('The part of the subnet that containers get addresses of.'),
    gateway: optional(lineText()).describe('Its gateway.'),
    aux_addresses: optional(anyValue()).describe('Addresses that are taken: name=address.'),
    ipam_driver: optional(lineText()).describe('The driver of its addresses.'),
    ipam_opts: optional(anyValue()).describe('Options of that driver.'),
    ipam_pools: optional(valueList()).describe('Several subnets, each with its settings.'),
    ipam: unsupported('address settings in the form of docker-py; use ipam_pools'),
    check_duplicate: optional(flag()).describe('Accepted; names are always one of a kind here.'),
    validate_ip_addrs: optional(flag()).describe('Accepted; the daemon validates addresses.'),
    ignore_collisions: optional(flag()).describe('Accepted; a setting has one name here but driver_opts.'),
    skip_translate: unsupported('values in the form of docker-py'),
  }),
  examples: [
    `back:
  docker_network.present:
    - subnet: 10.9.0.0/24
    - containers:
      - web`,
  ],
  check: (args, context) =>
    orFailure(async () => {
      const docker = connectDocker(context);
      const spec = toNetworkSpec(args.name, { ...args, options: args.driver_opts ?? args.options });
      return checkNetwork({ name: args.name, spec, containers: args.containers, reconnect: args.reconnect }, docker);
    }),
});
