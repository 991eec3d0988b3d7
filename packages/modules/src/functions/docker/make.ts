import { randomBytes } from 'node:crypto';
import type { Plain, Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  dictOrList,
  flag,
  integer,
  lineText,
  optional,
  unsupported,
  valueList,
  withDefault,
} from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { containerArguments, toContainerSpec } from '../../providers/docker/container-settings.ts';
import { containerPath, toNetworkWishes } from '../../providers/docker/containers.ts';
import { connectDocker, memberAt, textAt } from '../../providers/docker/docker-api.ts';
import { findImage, pullImage, splitImage } from '../../providers/docker/images.ts';
import { toNetworkSpec } from '../../providers/docker/networks.ts';
import { runContainer } from '../../providers/docker/run-container.ts';
import { dockerName, requireContainer } from './look.ts';

const image = dockerName.describe('The image.');
const name = optional(dockerName).describe('Name of the container; one is made up unless given.');
const accepted = {
  skip_translate: unsupported('values in the form of docker-py'),
  ignore_collisions: withDefault(flag(), false).describe('Accepted; a setting given twice is always refused.'),
  validate_ip_addrs: withDefault(flag(), true).describe('Accepted; the daemon validates addresses.'),
  client_timeout: optional(integer()).describe('Accepted; a daemon that is silent for ten minutes is given up.'),
};

function madeUpName(): string {
  return `brine-${randomBytes(6).toString('hex')}`;
}

export const create = defineFunction({
  name: 'docker.create',
  summary: 'Makes a container of an image, which is fetched when it is not there; answers its id and name.',
  args: z.object({
    image,
    name,
    start: withDefault(flag(), false).describe('Start it too.'),
    ...accepted,
    ...containerArguments,
  }),
  examples: [
    "'*' docker.create myuser/mycontainer",
    `'*' docker.create centos:7 name=mycent7 start=True ports='5000,5001' binds=/srv/web:/var/www:ro`,
  ],
  async run(args, context): Promise<Plain> {
    const docker = connectDocker(context);
    const spec = toContainerSpec(args);
    if ((await findImage(docker, args.image)) === undefined) await pullImage(docker, args.image, context.host);
    const began = Date.now();
    const wanted = args.name ?? madeUpName();
    const request = { Image: args.image, ...spec.Config, HostConfig: spec.HostConfig };
    const made = await docker.post(`/containers/create?name=${encodeURIComponent(wanted)}`, request);
    const id = textAt(made, 'Id');
    const warnings = (memberAt(made, 'Warnings') ?? null) as Plain;
    if (args.start) await docker.post(containerPath(id, '/start'));
    const told = { Id: id, Warnings: warnings, Time_Elapsed: (Date.now() - began) / 1000, Name: wanted };
    return args.start ? { ...told, Started: true } : told;
  },
});

export const runImage = defineFunction({
  name: 'docker.run_container',
  summary: 'Runs a container of an image to its end and answers what it wrote, or in the background.',
  args: z.object({
    image,
    name,
    ...accepted,
    bg: withDefault(flag(), false).describe('Do not wait for its end.'),
    replace: withDefault(flag(), false).describe('Remove a container of that name first.'),
    force: withDefault(flag(), false).describe('Also when it runs.'),
    networks: optional(anyValue()).describe('The networks it is put on: names, or names with settings.'),
    ...containerArguments,
  }),
  examples: [
    "'*' docker.run_container myuser/myimage command=/usr/local/bin/myscript.sh",
    "'*' docker.run_container myuser/myimage command='sleep 60' bg=True name=pause auto_remove=True",
  ],
  async run(args, context): Promise<Plain> {
    const { auto_remove: removes, rm, ...settings } = args as typeof args & Readonly<Record<string, Value | undefined>>;
    const wish = {
      name: args.name ?? madeUpName(),
      image: args.image,
      ...{ bg: args.bg, replace: args.replace, force: args.force, failhard: false },
      removes: flag().safeParse(removes ?? rm ?? false).data === true,
      networks: toNetworkWishes(args.networks) ?? [],
      settings,
      logs: { stdout: true, stderr: true, timestamps: false, tail: 'all' },
    };
    const { changes } = await runContainer(connectDocker(context), wish, context.host);
    return changes;
  },
});

export const createNetwork = defineFunction({
  name: 'docker.create_network',
  summary: 'Makes a network and answers its id.',
  args: z.object({
    name: dockerName,
    ...accepted,
    driver: optional(lineText()).describe('Its driver; bridge unless given.'),
    driver_opts: optional(dictOrList()).describe('Options of the driver.'),
    options: optional(dictOrList()).describe('The same as driver_opts.'),
    internal: optional(flag()).describe('Whether it leads nowhere outside.'),
    enable_ipv6: optional(flag()).describe('Whether it has IPv6 addresses.'),
    attachable: optional(flag()).describe('Whether containers outside of services may join it.'),
    labels: optional(anyValue()).describe('Labels.'),
    check_duplicate: optional(flag()).describe('Accepted; the daemon has each name once.'),
    subnet: optional(lineText()).describe('Its subnet: 10.9.0.0/24.'),
    iprange: optional(lineText()).describe('The part of the subnet that containers get addresses of.'),
    gateway: optional(lineText()).describe('Its gateway.'),
    aux_addresses: optional(anyValue()).describe('Addresses that are taken: name=address.'),
    ipam_driver: optional(lineText()).describe('The driver of its addresses.'),
    ipam_opts: optional(anyValue()).describe('Options of that driver.'),
    ipam_pools: optional(valueList()).describe('Several subnets, each with its settings.'),
  }),
  examples: ["'*' docker.create_network web_network driver=bridge subnet=192.168.50.0/24"],
  async run(args, context): Promise<Plain> {
    const spec = toNetworkSpec(args.name, { ...args, options: args.driver_opts ?? args.options });
    return ((await connectDocker(context).post('/networks/create', { ...spec, CheckDuplicate: true })) ?? {}) as Plain;
  },
});

export const commit = defineFunction({
  name: 'docker.commit',
  summary: 'Makes an image of a container as it is; answers its id.',
  args: z.object({
    name: dockerName,
    repository: dockerName.describe('Name of the image.'),
    tag: withDefault(lineText(), 'latest').describe('Its tag.'),
    message: optional(lineText()).describe('What it is for.'),
    author: optional(lineText()).describe('Who made it.'),
  }),
  examples: ["'*' docker.commit mycontainer myuser/myimage mytag"],
  async run({ name: container, repository, tag, message, author }, context): Promise<Plain> {
    const docker = connectDocker(context);
    await requireContainer(docker, container);
    const began = Date.now();
    const query = new URLSearchParams({
      container,
      repo: splitImage(repository).repository,
      tag,
      ...(message === undefined ? {} : { comment: message }),
      ...(author === undefined ? {} : { author }),
    });
    const made = await docker.post(`/commit?${query.toString()}`);
    return { Time_Elapsed: (Date.now() - began) / 1000, Id: textAt(made, 'Id') };
  },
});
