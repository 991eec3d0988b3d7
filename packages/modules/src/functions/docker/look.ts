import type { Plain } from '@brine/common';
import { z } from 'zod';
import { dict, flag, lineText, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { containerPath, findContainer, stateOf } from '../../providers/docker/containers.ts';
import {
  connectDocker,
  listIn,
  memberAt,
  textAt,
  textsAt,
  type DockerAnswer,
  type DockerReader,
} from '../../providers/docker/docker-api.ts';
import { findImage } from '../../providers/docker/images.ts';
import { findNetwork } from '../../providers/docker/networks.ts';
import { failure } from '../failure.ts';

export const dockerName = lineText()
  .refine((value) => value !== '' && !value.startsWith('-'), 'must be a name or an id')
  .describe('Name or id.');
const all = withDefault(flag(), false).describe('Tell also what does not run, or has no name.');

export const version = answering('docker.version', 'What the daemon says of its version.', '/version');
export const info = answering('docker.info', 'What the daemon says of itself.', '/info');

function answering(name: string, summary: string, path: string): FunctionDeclaration {
  return defineFunction({
    name,
    summary,
    args: z.object({}),
    examples: [`'*' ${name}`],
    run: async (_args, context) => (await connectDocker(context).get(path)) as Plain,
  });
}

export const ps = defineFunction({
  name: 'docker.ps',
  ignoresOthers: true,
  summary: 'The containers that run, by id; with `all` also those that do not.',
  args: z.object({ filters: optional(dict()).describe('What they have to be, e.g. `{label: role=web}`.'), all }),
  examples: ["'*' docker.ps", "'*' docker.ps all=True"],
  async run({ filters, all: everything }, context) {
    const wanted = filters === undefined ? '' : `&filters=${encodeURIComponent(filterText(filters))}`;
    const found = await listOf(connectDocker(context), `/containers/json?all=${everything ? 1 : 0}${wanted}`);
    return byId(found);
  },
});

function filterText(filters: ReadonlyMap<unknown, unknown>): string {
  const entries = [...filters].map(([key, value]) => [
    String(key),
    (Array.isArray(value) ? value : [value]).map(String),
  ]);
  return JSON.stringify(Object.fromEntries(entries));
}

// As Salt has it: the id is the key, and the time stands there twice.
function byId(found: readonly DockerAnswer[]): Record<string, Plain> {
  return Object.fromEntries(
    found.map((one): [string, Plain] => {
      const { Id: _, Created: created, ...more } = one;
      const time = { Time_Created_Epoch: Number(created ?? 0), Time_Created_Local: localTime(Number(created ?? 0)) };
      return [textAt(one, 'Id'), { ...(more as Record<string, Plain>), ...time }];
    }),
  );
}

function localTime(seconds: number): string {
  if (!(Math.abs(seconds) < 1e11)) throw failure(`The Docker daemon tells a time that is none: ${seconds}`);
  const local = new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

export const listContainers = defineFunction({
  name: 'docker.list_containers',
  ignoresOthers: true,
  summary: 'The names of the containers that run, sorted; with `all` also of those that do not.',
  args: z.object({ all }),
  examples: ["'*' docker.list_containers", "'*' docker.list_containers all=True"],
  async run({ all: everything }, context) {
    const found = await listOf(connectDocker(context), `/containers/json?all=${everything ? 1 : 0}`);
    const names = found.flatMap((one) => textsAt(one, 'Names'));
    return [...new Set(names.map((name) => name.replace(/^\//, '')))].toSorted();
  },
});

export const images = defineFunction({
  name: 'docker.images',
  summary: 'The images, by id.',
  args: z.object({ verbose: withDefault(flag(), false).describe('Accepted for Salt.'), all }),
  examples: ["'*' docker.images", "'*' docker.images all=True"],
  run: async ({ all: everything }, context) =>
    byId(await listOf(connectDocker(context), `/images/json?all=${everything ? 1 : 0}`)),
});

export const networks = defineFunction({
  name: 'docker.networks',
  summary: 'The networks, or those of some names or ids.',
  args: z.object({
    names: optional(textList()).describe('Names of networks.'),
    ids: optional(textList()).describe('Ids of networks.'),
  }),
  examples: ["'*' docker.networks", "'*' docker.networks names=network-web"],
  async run({ names, ids }, context) {
    const found = await listOf(connectDocker(context), '/networks');
    const isWanted = (one: DockerAnswer): boolean =>
      (names === undefined && ids === undefined) ||
      names?.includes(String(one['Name'])) === true ||
      ids?.some((id) => String(one['Id']).startsWith(id)) === true;
    return found.filter(isWanted) as Plain[];
  },
});

export const volumes = answering('docker.volumes', 'The volumes.', '/volumes');

type Find = (docker: DockerReader, name: string) => Promise<unknown>;

const findVolume: Find = (docker, name) => docker.get(`/volumes/${encodeURIComponent(name)}`);

export const inspectContainer = inspecting('container', findContainer);
export const inspectImage = inspecting('image', findImage);
export const inspectNetwork = inspecting('network', findNetwork);
export const inspectVolume = inspecting('volume', findVolume);

function inspecting(kind: string, find: Find): FunctionDeclaration {
  return defineFunction({
    name: `docker.inspect_${kind}`,
    summary: `What is known of a ${kind}.`,
    args: z.object({ name: dockerName }),
    examples: [`'*' docker.inspect_${kind} name_or_id`],
    async run({ name }, context) {
      const found = await find(connectDocker(context), name);
      if (found === undefined) throw failure(`Error 404: No such ${kind}: ${name}`);
      return found as Plain;
    },
  });
}

export const inspect = defineFunction({
  name: 'docker.inspect',
  summary: 'What is known of a container, image, volume or network: the first of that name.',
  args: z.object({ name: dockerName }),
  examples: ["'*' docker.inspect mycontainer", "'*' docker.inspect busybox"],
  async run({ name }, context) {
    const docker = connectDocker(context);
    for (const find of [findContainer, findImage, findVolume, findNetwork]) {
      const found = await find(docker, name);
      if (found !== undefined) return found as Plain;
    }
    throw failure(`Error 404: No such image/container/volume/network: ${name}`);
  },
});

export const exists = defineFunction({
  name: 'docker.exists',
  summary: 'Whether there is a container of a name or id.',
  args: z.object({ name: dockerName }),
  examples: ["'*' docker.exists mycontainer"],
  run: async ({ name }, context) => (await findContainer(connectDocker(context), name)) !== undefined,
});

export const state = defineFunction({
  name: 'docker.state',
  summary: 'Whether a container is `running`, `paused` or `stopped`.',
  args: z.object({ name: dockerName }),
  examples: ["'*' docker.state mycontainer"],
  run: async ({ name }, context) => stateOf(await requireContainer(connectDocker(context), name)),
});

export const pid = defineFunction({
  name: 'docker.pid',
  summary: 'The process id of a container; 0 for one that does not run.',
  args: z.object({ name: dockerName }),
  examples: ["'*' docker.pid mycontainer"],
  run: async ({ name }, context) =>
    Number(memberAt(await requireContainer(connectDocker(context), name), 'State', 'Pid') ?? 0),
});

export const port = defineFunction({
  name: 'docker.port',
  summary: 'Where the ports of a container are to be found on this machine.',
  args: z.object({
    name: dockerName,
    private_port: optional(text()).describe('Only this one, e.g. `5000` or `80/tcp`.'),
  }),
  examples: ["'*' docker.port mycontainer", "'*' docker.port mycontainer 80/tcp"],
  async run({ name, private_port: wanted }, context) {
    const container = await requireContainer(connectDocker(context), name);
    const ports = (memberAt(container, 'NetworkSettings', 'Ports') ?? {}) as Record<string, Plain>;
    const isWanted = (key: string): boolean => wanted === undefined || key === wanted || key.split('/')[0] === wanted;
    return Object.fromEntries(Object.entries(ports).filter(([key]) => isWanted(key)));
  },
});

export const logs = defineFunction({
  name: 'docker.logs',
  summary: 'What a container has written.',
  args: z.object({
    name: dockerName,
    tail: withDefault(text(), 'all').describe('How many lines, from the end.'),
    timestamps: withDefault(flag(), false).describe('Put the time before each line.'),
  }),
  examples: ["'*' docker.logs mycontainer", "'*' docker.logs mycontainer tail=100"],
  async run({ name, tail, timestamps }, context) {
    const docker = connectDocker(context);
    const container = await requireContainer(docker, name);
    const query = `stdout=1&stderr=1&timestamps=${timestamps ? 1 : 0}&tail=${encodeURIComponent(tail)}`;
    const bytes = await docker.fetchBytes(containerPath(name, `/logs?${query}`));
    if (memberAt(container, 'Config', 'Tty') === true) return bytes.toString('utf8');
    const { stdout, stderr } = readFrames(bytes);
    return stdout + stderr;
  },
});

/** A container; throws `function-failed` when there is none. */
export async function requireContainer(docker: DockerReader, name: string): Promise<unknown> {
  const found = await findContainer(docker, name);
  if (found === undefined) throw failure(`Error 404: No such container: ${name}`);
  return found;
}

/** What a container without a terminal wrote: frames of eight bytes (the stream first, the length last) and a text. */
export function readFrames(bytes: Buffer): { readonly stdout: string; readonly stderr: string } {
  const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32BE(at + 4);
    parts[bytes[at] === 2 ? 'stderr' : 'stdout'].push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { stdout: Buffer.concat(parts.stdout).toString('utf8'), stderr: Buffer.concat(parts.stderr).toString('utf8') };
}

async function listOf(docker: DockerReader, path: string): Promise<readonly DockerAnswer[]> {
  return listIn(await docker.get(path));
}
