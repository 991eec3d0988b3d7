import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, lineText, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { containerPath, stateOf } from '../../providers/docker/containers.ts';
import { connectDocker, listIn, memberAt, type DockerWriter } from '../../providers/docker/docker-api.ts';
import { findImage, pullImage, splitImage } from '../../providers/docker/images.ts';
import { failure } from '../failure.ts';
import { dockerName, requireContainer } from './look.ts';

type State = 'running' | 'paused' | 'stopped';

export const start = changing('start', 'Starts a container', 'running');
export const pause = changing('pause', 'Pauses a container', 'paused');
export const unpause = changing('unpause', 'Lets a paused container go on', 'running');
export const kill = changing('kill', 'Ends a container at once', 'stopped');

function changing(action: string, summary: string, expected: State): FunctionDeclaration {
  return defineFunction({
    name: `docker.${action}`,
    summary: `${summary}; tells how it was and is.`,
    args: z.object({ name: dockerName }),
    examples: [`'*' docker.${action} mycontainer`],
    async run({ name }, context) {
      const docker = connectDocker(context);
      const before = stateOf(await requireContainer(docker, name));
      const refusal = refuse(name, { action, before, expected });
      if (refusal !== undefined) return { result: false, state: { old: before, new: before }, comment: refusal };
      await docker.post(containerPath(name, `/${action}`));
      return settle(docker, name, { before, expected });
    },
  });
}

function refuse(
  name: string,
  { action, before, expected }: { readonly action: string; readonly before: State; readonly expected: State },
): string | undefined {
  if (before === expected) return `Container '${name}' already ${expected}`;
  if (action === 'start' && before === 'paused') return `Container '${name}' is paused, cannot start`;
  if (before === 'stopped' && (action === 'pause' || action === 'unpause'))
    return `Container '${name}' is stopped, cannot ${action}`;
  return undefined;
}

async function settle(
  docker: DockerWriter,
  name: string,
  { before, expected }: { readonly before: State; readonly expected: State },
): Promise<Record<string, Plain>> {
  const after = stateOf(await requireContainer(docker, name));
  const result = after === expected;
  return {
    result,
    state: { old: before, new: after },
    ...(result ? {} : { comment: `Container '${name}' is ${after}` }),
  };
}

const seconds = optional(integer()).describe('Seconds to wait before it is ended by force.');

export const stop = defineFunction({
  name: 'docker.stop',
  ignoresOthers: true,
  summary: 'Stops a container; tells how it was and is.',
  args: z.object({
    name: dockerName,
    timeout: seconds,
    unpause: withDefault(flag(), false).describe('Let one that is paused go on first.'),
  }),
  examples: ["'*' docker.stop mycontainer", "'*' docker.stop mycontainer unpause=True timeout=20"],
  async run({ name, timeout, unpause: resumes }, context) {
    const docker = connectDocker(context);
    const before = stateOf(await requireContainer(docker, name));
    const same = { old: before, new: before };
    if (before === 'stopped') return { result: false, state: same, comment: `Container '${name}' already stopped` };
    if (before === 'paused' && !resumes)
      return {
        result: false,
        state: same,
        comment: `Container '${name}' is paused, run with unpause=True to unpause before stopping`,
      };
    if (before === 'paused') await docker.post(containerPath(name, '/unpause'));
    await docker.post(containerPath(name, withTimeout('/stop', timeout)));
    return settle(docker, name, { before, expected: 'stopped' });
  },
});

export const restart = defineFunction({
  name: 'docker.restart',
  summary: 'Stops a container and starts it again; tells how it was and is.',
  args: z.object({ name: dockerName, timeout: seconds }),
  examples: ["'*' docker.restart mycontainer", "'*' docker.restart mycontainer timeout=20"],
  async run({ name, timeout }, context) {
    const docker = connectDocker(context);
    const before = stateOf(await requireContainer(docker, name));
    await docker.post(containerPath(name, withTimeout('/restart', timeout)));
    const answer = await settle(docker, name, { before, expected: 'running' });
    return answer['result'] === true ? { ...answer, restarted: true } : answer;
  },
});

function withTimeout(action: string, timeout: number | undefined): string {
  return timeout === undefined ? action : `${action}?t=${timeout}`;
}

export const rm = defineFunction({
  name: 'docker.rm',
  ignoresOthers: true,
  summary: 'Removes a container; answers its id in a list.',
  args: z.object({
    name: dockerName,
    force: withDefault(flag(), false).describe('End it first when it runs.'),
    volumes: withDefault(flag(), false).describe('Remove its volumes without a name too.'),
  }),
  examples: ["'*' docker.rm mycontainer", "'*' docker.rm mycontainer force=True"],
  async run({ name, force, volumes }, context) {
    const docker = connectDocker(context);
    const container = await requireContainer(docker, name);
    if (!force && stateOf(container) === 'running')
      throw failure(`Container '${name}' is running, use force to forcibly remove this container`);
    await docker.remove(containerPath(name, `?v=${volumes ? 1 : 0}&force=${force ? 1 : 0}`));
    const id = memberAt(container, 'Id');
    return typeof id === 'string' ? [id] : [];
  },
});

export const pull = defineFunction({
  name: 'docker.pull',
  ignoresOthers: true,
  summary: 'Fetches an image and tells what came.',
  args: z.object({ image: dockerName }),
  examples: ["'*' docker.pull centos:6"],
  run: async ({ image }, context) => ({ ...(await pullImage(connectDocker(context), image, context.host)) }) as Plain,
});

export const rmi = defineFunction({
  name: 'docker.rmi',
  summary: 'Removes images, and tells their layers and names that went.',
  args: z.object({
    name: dockerName,
    force: withDefault(flag(), false).describe('Though containers were made of it.'),
    prune: withDefault(flag(), true).describe('Remove its parents without a name too.'),
  }),
  examples: ["'*' docker.rmi busybox", "'*' docker.rmi busybox force=True"],
  async run({ name, force, prune }, context) {
    const docker = connectDocker(context);
    if ((await findImage(docker, name)) === undefined) throw failure(`Error 404: No such image: ${name}`);
    const query = `force=${force ? 1 : 0}&noprune=${prune ? 0 : 1}`;
    const went = listIn(await docker.remove(`/images/${encodeURIComponent(name)}?${query}`));
    const texts = (key: string): string[] =>
      went.map((one) => memberAt(one, key)).filter((one): one is string => typeof one === 'string');
    return { Layers: texts('Deleted'), Images: texts('Untagged') };
  },
});

export const tag = defineFunction({
  name: 'docker.tag',
  summary: 'Gives an image a further name; answers true.',
  args: z.object({
    name: dockerName,
    repository: lineText().describe('The name.'),
    tag: withDefault(lineText(), '').describe('The tag; that of the name, or latest, unless given.'),
    force: withDefault(flag(), false).describe('Accepted for Salt: a name is always taken over.'),
  }),
  examples: ["'*' docker.tag 0123456789ab myrepo mytag"],
  async run({ name, repository, tag: wanted }, context) {
    const image = splitImage(repository);
    const query = new URLSearchParams({ repo: image.repository, tag: wanted === '' ? image.tag : wanted });
    await connectDocker(context).post(`/images/${encodeURIComponent(name)}/tag?${query.toString()}`);
    return true;
  },
});

export const createVolume = defineFunction({
  name: 'docker.create_volume',
  summary: 'Makes a volume; answers what it is.',
  args: z.object({ name: dockerName, driver: withDefault(lineText(), 'local').describe('Its driver.') }),
  examples: ["'*' docker.create_volume my_volume driver=local"],
  run: async ({ name, driver }, context) =>
    (await connectDocker(context).post('/volumes/create', { Name: name, Driver: driver })) as Plain,
});

export const removeVolume = removing('docker.remove_volume', 'volume', '/volumes/');
export const removeNetwork = removing('docker.remove_network', 'network', '/networks/');

function removing(name: string, kind: string, path: string): FunctionDeclaration {
  return defineFunction({
    name,
    summary: `Removes a ${kind}; answers true.`,
    args: z.object({ name: dockerName }),
    examples: [`'*' ${name} my_${kind}`],
    async run({ name: wanted }, context) {
      await connectDocker(context).remove(path + encodeURIComponent(wanted));
      return true;
    },
  });
}
