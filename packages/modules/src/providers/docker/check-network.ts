import type { Changes, CheckOutcome } from '@brine/common';
import { isOk, willChange, type Host } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { omitAbsent } from '../omit-absent.ts';
import { findContainer } from './containers.ts';
import { memberAt, type DockerReader, type DockerWriter } from './docker-api.ts';
import { compareNetwork, findNetwork, membersOf, removeNetwork, type NetworkSpec } from './networks.ts';

/** `docker_network.present` as an SLS file describes it. */
export interface NetworkWish {
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly containers: readonly string[] | undefined;
  readonly reconnect: boolean;
}

interface Member {
  readonly id: string;
  readonly name: string;
}

/** Compares a network with what it is specified to be. Throws `state-failed` where the daemon does. */
export async function checkNetwork(wish: NetworkWish, docker: DockerWriter): Promise<CheckOutcome<Host>> {
  const { name, spec } = wish;
  const network = await findNetwork(docker, name);
  const differences = network === undefined ? {} : compareNetwork(network, spec);
  const isNew = network === undefined || Object.keys(differences).length > 0;
  const before = network === undefined ? [] : membersOf(network);
  const connect = await findToConnect(wish, { before, isNew }, docker);
  const existing = `Network '${name}' already exists, and is configured as specified`;
  if (!isNew && connect.length === 0) return isOk(existing);
  const outcome = network === undefined ? 'created' : 'recreated';
  const changes: Changes = omitAbsent({
    [name]: Object.keys(differences).length === 0 ? undefined : differences,
    [outcome]: isNew ? true : undefined,
    ...memberChanges(connect, { before, isNew }),
  });
  const pending = network === undefined ? 'Network will be created' : 'Network would be recreated with new config';
  return willChange({ comment: isNew ? pending : existing, changes }, () =>
    attempt(`Failed to create network '${name}'`, async () => {
      if (isNew && network !== undefined) await removeNetwork(docker, network);
      if (isNew) await docker.post('/networks/create', { CheckDuplicate: true, ...spec });
      for (const { id } of connect)
        await docker.post(`/networks/${encodeURIComponent(name)}/connect`, { Container: id });
      const done = network === undefined ? 'created' : 'was replaced with updated config';
      return { comment: isNew ? `Network '${name}' ${done}` : existing, changes };
    }),
  );
}

interface Situation {
  readonly before: readonly Member[];
  readonly isNew: boolean;
}

async function findToConnect(
  { containers, reconnect }: NetworkWish,
  { before, isNew }: Situation,
  docker: DockerReader,
): Promise<readonly Member[]> {
  if (containers === undefined) return isNew && reconnect ? before : [];
  const wanted = await Promise.all(
    containers.map(async (name): Promise<Member> => {
      const id = memberAt(await findContainer(docker, name), 'Id');
      return { id: typeof id === 'string' ? id : name, name };
    }),
  );
  return wanted.filter(({ id }) => isNew || !before.some((member) => member.id === id));
}

function memberChanges(
  connect: readonly Member[],
  { before, isNew }: Situation,
): Record<'reconnected' | 'connected' | 'disconnected', string[] | undefined> {
  const wasOn = ({ id }: Member): boolean => before.some((member) => member.id === id);
  const names = (members: readonly Member[]): string[] | undefined =>
    members.length === 0 ? undefined : members.map(({ name }) => name);
  const gone = before.filter(({ id }) => isNew && !connect.some((member) => member.id === id));
  return {
    reconnected: names(connect.filter(wasOn)),
    connected: names(connect.filter((member) => !wasOn(member))),
    disconnected: names(gone),
  };
}
