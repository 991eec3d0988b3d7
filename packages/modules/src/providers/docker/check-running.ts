import { randomBytes } from 'node:crypto';
import type { Applied, Changes, CheckOutcome, Plain } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { omitAbsent } from '../omit-absent.ts';
import { compareContainer, type ContainerChanges } from './compare-container.ts';
import { toContainerSpec, type ContainerSpec } from './container-settings.ts';
import {
  changeNetworks,
  compareNetworks,
  containerPath,
  findContainer,
  stateOf,
  stopAndRemove,
  type NetworkWish,
} from './containers.ts';
import { connectDocker, textAt, type DockerWriter } from './docker-api.ts';
import { findImage, pullImage } from './images.ts';

/** `docker_container.running` as an SLS file describes it. */
export interface RunningWish {
  readonly name: string;
  readonly image: string;
  readonly force: boolean;
  readonly start: boolean;
  readonly shutdownTimeout: number | undefined;
  readonly networks: readonly NetworkWish[] | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The signal that a watch sends. */
  readonly signal?: string;
}

interface Look {
  readonly wish: RunningWish;
  readonly spec: ContainerSpec;
  readonly container: unknown;
  readonly imageId: string | undefined;
  readonly differences: ContainerChanges;
  readonly networks: ReturnType<typeof compareNetworks>;
}

/** Compares a container with what it is specified to be. Throws `state-failed` where the daemon does. */
export async function checkRunning(wish: RunningWish, context: StateContext): Promise<CheckOutcome<Host>> {
  const docker = connectDocker(context);
  const spec = toContainerSpec(wish.settings);
  const [container, image] = await Promise.all([findContainer(docker, wish.name), findImage(docker, wish.image)]);
  const imageId = image === undefined ? undefined : textAt(image, 'Id');
  const differences = container === undefined || image === undefined ? {} : compareContainer(container, image, spec);
  const look = { wish, spec, container, imageId, differences, networks: compareNetworks(container, wish.networks) };
  const { comment, changes, replaces } = judge(look);
  if (comment.length === 0) {
    if (wish.start && stateOf(container) === 'paused') return fails('Container is not running');
    return isOk(`Container '${wish.name}' is already configured as specified`);
  }
  return willChange({ comment: joined(comment), changes }, (machine) =>
    attempt('', () => bringAbout(docker, { look, changes, replaces }, machine)),
  );
}

function joined(comments: readonly string[]): string {
  return comments.length > 1 ? `${comments.join('. ')}.` : comments.join('');
}

type Verdict = { readonly comment: readonly string[]; readonly changes: Changes; readonly replaces: boolean };

function judge(look: Look): Verdict {
  const { wish, container, imageId } = look;
  const { name } = wish;
  const image = imageId ?? wish.image;
  if (container === undefined)
    return {
      comment: [`Container '${name}' would be created`],
      changes: { image: { old: null, new: image } },
      replaces: true,
    };
  const current = textAt(container, 'Image');
  if (!wish.force && current === imageId) return judgeSettings(look);
  const changes = wish.force ? { forced_update: true } : { image: { old: current, new: image } };
  return { comment: [`Container '${name}' would be replaced`], changes, replaces: true };
}

function judgeSettings({ wish, container, differences, networks }: Look): Verdict {
  const isStarted = wish.start && stateOf(container) === 'stopped';
  const replaces = Object.keys(differences).length > 0;
  const network = networkChanges(networks);
  const hasNetwork = Object.keys(network).length > 0;
  const signal = replaces ? undefined : wish.signal;
  return {
    comment: [
      ...(replaces ? [`Container '${wish.name}' would be replaced`] : []),
      ...(signal === undefined ? [] : [`Signal ${signal} would be sent to container`]),
      ...(hasNetwork ? ['Network configuration would be updated'] : []),
      ...(isStarted && !replaces ? ['Container would be started'] : []),
    ],
    changes: omitAbsent({
      container: replaces || hasNetwork ? { ...differences, ...(hasNetwork && { Networks: network }) } : undefined,
      signal,
      state: isStarted ? { old: 'stopped', new: 'running' } : undefined,
    }),
    replaces,
  };
}

function networkChanges({ connect, again, leave }: Look['networks']): Record<string, Plain> {
  const rows: readonly (readonly [string, Plain])[] = [
    ...connect.map(({ name }) => [name, { old: again.has(name) ? 'connected' : null, new: 'connected' }] as const),
    ...leave.map((name) => [name, { old: 'connected', new: null }] as const),
  ];
  return Object.fromEntries(rows);
}

async function bringAbout(
  docker: DockerWriter,
  { look, changes, replaces }: { readonly look: Look; readonly changes: Changes; readonly replaces: boolean },
  machine: Host,
): Promise<Applied> {
  if (replaces) return replaceContainer(docker, look, { changes, machine });
  const { wish, networks, container } = look;
  const done: string[] = [];
  if (wish.signal !== undefined) {
    await docker.post(containerPath(wish.name, `/kill?signal=${encodeURIComponent(wish.signal)}`));
    done.push(`Sent signal ${wish.signal} to container`);
  }
  await changeNetworks(docker, wish.name, networks);
  for (const { name } of networks.connect)
    done.push(
      networks.again.has(name)
        ? `Reconnected to network '${name}' with updated configuration`
        : `Connected to network '${name}'`,
    );
  for (const name of networks.leave) done.push(`Disconnected from network '${name}'`);
  if (wish.start && stateOf(container) === 'stopped') {
    await docker.post(containerPath(wish.name, '/start'));
    done.push("State changed from 'stopped' to 'running'");
  }
  return { comment: joined(done), changes };
}

async function replaceContainer(
  docker: DockerWriter,
  look: Look,
  { changes, machine }: { readonly changes: Changes; readonly machine: Host },
): Promise<Applied> {
  const { wish, container } = look;
  const pulled = look.imageId === undefined ? await pullImage(docker, wish.image, machine) : undefined;
  const id = await createContainer(docker, look);
  const done = await putInPlace(docker, look, id);
  if (wish.start) await docker.post(containerPath(wish.name, '/start'));
  const before = container === undefined ? null : stateOf(container);
  const after = wish.start ? 'running' : 'stopped';
  if (before !== null && before !== after) done.push(`State changed from '${before}' to '${after}'`);
  if (container !== undefined && 'image' in changes) done.push('Container has a new image');
  return {
    comment: joined(done),
    changes: {
      ...(container === undefined ? {} : changes),
      ...omitAbsent({
        image: pulled,
        container_id: omitAbsent({
          removed: container === undefined ? undefined : [textAt(container, 'Id')],
          added: id,
        }),
        state: before === after ? undefined : { old: before, new: after },
      }),
    },
  };
}

// The new one is made under another name first, so that the old one stays when that fails.
async function createContainer(docker: DockerWriter, { wish, container, spec }: Look): Promise<string> {
  const name = container === undefined ? wish.name : `${wish.name}-${randomBytes(6).toString('hex')}`;
  const created = await docker.post(`/containers/create?name=${encodeURIComponent(name)}`, {
    Image: wish.image,
    ...spec.Config,
    HostConfig: spec.HostConfig,
  });
  return textAt(created, 'Id');
}

async function putInPlace(docker: DockerWriter, { wish, container }: Look, id: string): Promise<string[]> {
  try {
    await changeNetworks(docker, id, compareNetworks(await findContainer(docker, id), wish.networks));
    if (container === undefined) return [`Created container '${wish.name}'`];
    await stopAndRemove(docker, wish.name, wish.shutdownTimeout);
  } catch (caught) {
    await docker.remove(containerPath(id, '?force=true'));
    throw caught;
  }
  await docker.post(containerPath(id, `/rename?name=${encodeURIComponent(wish.name)}`));
  return [`Replaced container '${wish.name}'`];
}
