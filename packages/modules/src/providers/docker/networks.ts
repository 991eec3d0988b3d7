import { isDeepStrictEqual } from 'node:util';
import { AppError, isDict, pythonStr, type Dict, type Plain, type Value } from '@brine/common';
import { disconnect } from './containers.ts';
import { memberAt, textAt, type DockerReader, type DockerWriter } from './docker-api.ts';
import { toPairs } from './docker-values.ts';

/** A network by name; `undefined` when there is none. */
export async function findNetwork(docker: DockerReader, name: string): Promise<unknown> {
  return docker.get(`/networks/${encodeURIComponent(name)}`);
}

/** The containers on a network. */
export function membersOf(network: unknown): readonly { readonly id: string; readonly name: string }[] {
  const members = (memberAt(network, 'Containers') ?? {}) as object;
  return Object.entries(members).map(([id, member]) => ({ id, name: textAt(member, 'Name') }));
}

/** Takes all containers off a network and removes it. */
export async function removeNetwork(docker: DockerWriter, network: unknown): Promise<void> {
  const name = textAt(network, 'Name');
  for (const { id } of membersOf(network)) await disconnect(docker, id, name);
  await docker.remove(`/networks/${encodeURIComponent(name)}`);
}

/** What a network is to be made with, as the API takes it. */
export type NetworkSpec = Readonly<Record<string, unknown>>;

/** The arguments of a network's settings as an SLS file gives them. */
export interface NetworkSettings {
  readonly driver: string | undefined;
  readonly options: Dict | undefined;
  readonly internal: boolean | undefined;
  readonly enable_ipv6: boolean | undefined;
  readonly attachable: boolean | undefined;
  readonly labels: Value | undefined;
  readonly ipam_driver: string | undefined;
  readonly ipam_opts: Value | undefined;
  readonly ipam_pools: readonly Value[] | undefined;
  readonly subnet: string | undefined;
  readonly iprange: string | undefined;
  readonly gateway: string | undefined;
  readonly aux_addresses: Value | undefined;
}

/** Translates arguments. Throws `state-failed` for pools given in both ways. */
export function toNetworkSpec(name: string, settings: NetworkSettings): NetworkSpec {
  const own = toPool(
    new Map<Value, Value>(
      (['subnet', 'iprange', 'gateway', 'aux_addresses'] as const).flatMap((key) => {
        const value = settings[key];
        return value === undefined ? [] : [[key, value] as const];
      }),
    ),
  );
  const isOwn = Object.keys(own).length > 0;
  if (isOwn && settings.ipam_pools !== undefined)
    throw new AppError({
      code: 'state-failed',
      message: "Cannot mix the 'ipam_pools' argument with the arguments of a single pool",
    });
  const pools = isOwn ? [own] : (settings.ipam_pools ?? []).map((pool) => toPool(dictOf(pool)));
  const pairs = (value: Value | undefined): Record<string, string> => (value === undefined ? {} : toPairs(value));
  const { driver = 'bridge', internal = false, attachable = false, ipam_driver: addressDriver = 'default' } = settings;
  return {
    Name: name,
    Driver: driver,
    Internal: internal,
    EnableIPv6: settings.enable_ipv6 === true,
    Attachable: attachable,
    Options: pairs(settings.options),
    Labels: pairs(settings.labels),
    IPAM: { Driver: addressDriver, Config: pools, Options: pairs(settings.ipam_opts) },
  };
}

function dictOf(value: Value): Dict {
  if (isDict(value)) return value;
  return new Map((Array.isArray(value) ? value : []).filter(isDict).flatMap((item) => [...item]));
}

function toPool(pool: Dict): Readonly<Record<string, unknown>> {
  const text = (...keys: readonly string[]): string | undefined => {
    const value = keys.map((key) => pool.get(key)).find((each) => each !== undefined && each !== null);
    return value === undefined ? undefined : pythonStr(value);
  };
  const [subnet, range, gateway] = [text('subnet'), text('iprange', 'ip_range'), text('gateway')];
  const others = pool.get('aux_addresses') ?? pool.get('aux_address');
  return {
    ...(subnet === undefined ? {} : { Subnet: subnet }),
    ...(range === undefined ? {} : { IPRange: range }),
    ...(gateway === undefined ? {} : { Gateway: gateway }),
    ...(others === undefined || others === null ? {} : { AuxiliaryAddresses: toPairs(others) }),
  };
}

/** What of a network is not as specified: key → old and new. */
export function compareNetwork(
  network: unknown,
  spec: NetworkSpec,
): Readonly<Record<string, { old: Plain; new: Plain }>> {
  const changes: Record<string, { old: Plain; new: Plain }> = {};
  for (const key of ['Driver', 'Internal', 'EnableIPv6', 'Attachable', 'Options', 'Labels', 'IPAM']) {
    const was =
      key === 'IPAM' ? ipamOf(memberAt(network, key), spec[key]) : (memberAt(network, key) ?? emptyOf(spec[key]));
    const wanted = key === 'IPAM' ? ipamOf(spec[key], spec[key]) : spec[key];
    if (!isDeepStrictEqual(was, wanted)) changes[key] = { old: was as Plain, new: wanted as Plain };
  }
  return changes;
}

function emptyOf(value: unknown): unknown {
  return typeof value === 'object' ? {} : false;
}

// Where no pool is asked for, the one that the daemon chose by itself is as good as any.
function ipamOf(ipam: unknown, wanted: unknown): unknown {
  const pools = ((memberAt(ipam, 'Config') ?? []) as readonly object[]).map(normalPool);
  const asked = (memberAt(wanted, 'Config') ?? []) as readonly object[];
  const isChosen =
    pools.length === 1 && Object.keys(pools[0] ?? {}).every((key) => key === 'Subnet' || key === 'Gateway');
  return {
    Driver: memberAt(ipam, 'Driver') ?? 'default',
    Config:
      asked.length === 0 && isChosen
        ? []
        : asked.length === 0
          ? pools
          : pools.map((pool, index) => like(pool, asked[index])),
    Options: memberAt(ipam, 'Options') ?? {},
  };
}

function normalPool(pool: object): object {
  const entries = Object.entries(pool).filter(([, value]) => value !== null && value !== '' && !isEmpty(value));
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

// The daemon adds a gateway where none was asked for.
function like(pool: object, asked: object | undefined): object {
  if (asked === undefined || 'Gateway' in asked) return pool;
  return Object.fromEntries(Object.entries(pool).filter(([key]) => key !== 'Gateway'));
}
