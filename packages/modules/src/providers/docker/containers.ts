import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { memberAt, type DockerReader, type DockerWriter } from './docker-api.ts';

/** A container by name or id; `undefined` when there is none. */
export async function findContainer(docker: DockerReader, name: string): Promise<unknown> {
  return docker.get(`/containers/${encodeURIComponent(name)}/json`);
}

/** `running`, `paused` or `stopped`. */
export function stateOf(container: unknown): 'running' | 'paused' | 'stopped' {
  if (memberAt(container, 'State', 'Paused') === true) return 'paused';
  return memberAt(container, 'State', 'Running') === true ? 'running' : 'stopped';
}

/** The path of an action of a container. */
export function containerPath(name: string, action: string): string {
  return `/containers/${encodeURIComponent(name)}${action}`;
}

/** Stops a container and removes it with its anonymous volumes kept, as `docker rm` does. */
export async function stopAndRemove(docker: DockerWriter, name: string, seconds?: number): Promise<void> {
  await docker.post(containerPath(name, `/stop${seconds === undefined ? '' : `?t=${seconds}`}`));
  await docker.remove(containerPath(name, ''));
}

/** A network a container is wished to be on. */
export interface NetworkWish {
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Reads `networks` as SLS files write it: names, or names with their settings. */
export function toNetworkWishes(value: Value | undefined): readonly NetworkWish[] | undefined {
  if (value === undefined) return undefined;
  const items = Array.isArray(value) ? value : isDict(value) ? [value] : pythonStr(value).split(',');
  return items.flatMap((item): readonly NetworkWish[] => {
    if (!isDict(item)) return [{ name: pythonStr(item).trim(), settings: {} }];
    return [...item].map(([name, settings]) => ({ name: pythonStr(name), settings: endpointSettings(settings) }));
  });
}

function endpointSettings(value: Value): Readonly<Record<string, unknown>> {
  const given: Dict = isDict(value)
    ? value
    : new Map((Array.isArray(value) ? value : []).filter(isDict).flatMap((item) => [...item]));
  const texts = (key: string): readonly string[] | undefined => {
    const list = given.get(key);
    if (list === undefined || list === null) return undefined;
    return Array.isArray(list) ? list.map((item) => pythonStr(item)) : pythonStr(list).split(',');
  };
  const [ipv4, ipv6] = ['ipv4_address', 'ipv6_address'].map((key) => given.get(key));
  const addresses = {
    ...(ipv4 === undefined || ipv4 === null ? {} : { IPv4Address: pythonStr(ipv4) }),
    ...(ipv6 === undefined || ipv6 === null ? {} : { IPv6Address: pythonStr(ipv6) }),
  };
  const [aliases, links] = [texts('aliases'), texts('links')];
  return {
    ...(aliases === undefined ? {} : { Aliases: aliases }),
    ...(links === undefined ? {} : { Links: links }),
    ...(Object.keys(addresses).length === 0 ? {} : { IPAMConfig: addresses }),
  };
}

/** Which networks a container has to be put on anew and which it has to leave. */
export function compareNetworks(
  container: unknown,
  wishes: readonly NetworkWish[] | undefined,
): {
  readonly connect: readonly NetworkWish[];
  readonly again: ReadonlySet<string>;
  readonly leave: readonly string[];
} {
  const current = (memberAt(container, 'NetworkSettings', 'Networks') ?? {}) as Readonly<Record<string, unknown>>;
  if (wishes === undefined) return { connect: [], again: new Set(), leave: [] };
  const isSettled = ({ name, settings }: NetworkWish): boolean => {
    const endpoint = current[name];
    if (endpoint === undefined) return false;
    const has = (key: string): readonly unknown[] => (memberAt(endpoint, key) ?? []) as readonly unknown[];
    const lists = ['Aliases', 'Links'].every((key) =>
      ((settings[key] ?? []) as readonly string[]).every((item) => has(key).includes(item)),
    );
    const addresses = Object.entries((settings['IPAMConfig'] ?? {}) as object);
    return lists && addresses.every(([key, address]) => memberAt(endpoint, 'IPAMConfig', key) === address);
  };
  const connect = wishes.filter((wish) => !isSettled(wish));
  const names = new Set(wishes.map(({ name }) => name));
  return {
    connect,
    again: new Set(connect.map(({ name }) => name).filter((name) => current[name] !== undefined)),
    leave: Object.keys(current).filter((name) => !names.has(name)),
  };
}

/** Puts a container on networks and takes it off others. */
export async function changeNetworks(
  docker: DockerWriter,
  container: string,
  { connect, again, leave }: ReturnType<typeof compareNetworks>,
): Promise<void> {
  for (const { name, settings } of connect) {
    if (again.has(name)) await disconnect(docker, container, name);
    await docker.post(`/networks/${encodeURIComponent(name)}/connect`, {
      Container: container,
      EndpointConfig: settings,
    });
  }
  for (const name of leave) await disconnect(docker, container, name);
}

/** Takes a container off a network. */
export async function disconnect(docker: DockerWriter, container: string, network: string): Promise<void> {
  await docker.post(`/networks/${encodeURIComponent(network)}/disconnect`, { Container: container, Force: false });
}
