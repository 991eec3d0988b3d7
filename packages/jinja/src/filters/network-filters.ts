import { toOptionalText, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type BoundArguments, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { fault } from '../template-fault.ts';
import { PythonIterator } from '../values/iterators.ts';
import { toList } from '../values/iteration.ts';
import { fromBigint, isIntLike } from '../values/numbers.ts';
import { repr, toText } from '../values/python-text.ts';
import { Markup, Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { refuseLongList } from '../values/size-limits.ts';
import { isTrue } from '../values/truth.ts';
import { typeName } from '../values/type-name.ts';
import {
  bitsOf,
  formatAddress,
  isWithin,
  networkBase,
  parseAddress,
  parseInterface,
  type IpAddress,
} from './ip-address.ts';
import { addressKinds } from './ip-kinds.ts';

type Version = 4 | 6;

function readAddress(value: RuntimeValue): IpAddress | undefined {
  if (value instanceof Undefined) value.fail();
  if (isIntLike(value) && typeof value !== 'boolean') return fromNumber(BigInt(value));
  if (typeof value !== 'string' && !(value instanceof Markup)) return undefined;
  return parseAddress(toText(value)) ?? parseInterface(toText(value));
}

function fromNumber(value: bigint): IpAddress | undefined {
  if (value < 0n || value >= 1n << 128n) return undefined;
  return { version: value < 1n << 32n ? 4 : 6, value, prefix: undefined };
}

/** The address in its usual form, when it is one of a version and of all the kinds named. */
function checkAddress(value: RuntimeValue, version: Version, options: RuntimeValue | undefined): string | undefined {
  const address = readAddress(value);
  if (address === undefined || address.version !== version) return undefined;
  const kinds = (toOptionalText(options) ?? '').split(',').map((kind) => kind.trim());
  const fits = kinds.every((kind) => addressKinds.get(kind)?.(address) ?? true);
  return fits ? formatAddress(address) : undefined;
}

function isMany(value: RuntimeValue): boolean {
  return Array.isArray(value) || value instanceof Tuple || value instanceof PythonIterator;
}

function filterVersion(items: readonly RuntimeValue[], version: Version, options: RuntimeValue | undefined): string[] {
  return items.map((item) => checkAddress(item, version, options)).filter((text) => text !== undefined);
}

function keepVersion(value: RuntimeValue, version: Version, options: RuntimeValue | undefined): RuntimeValue {
  if (isMany(value)) return filterVersion(toList(value), version, options);
  if (typeof value !== 'string' && !(value instanceof Markup)) return null;
  return checkAddress(value, version, options) ?? null;
}

function keepAddresses(value: RuntimeValue, options: RuntimeValue | undefined): RuntimeValue {
  if (!isMany(value))
    return isTrue(keepVersion(value, 4, options)) ? keepVersion(value, 4, options) : keepVersion(value, 6, options);
  const items = toList(value);
  return [...filterVersion(items, 4, options), ...filterVersion(items, 6, options)];
}

/** Applies something to a network, or to each of several; what is no address is left out. */
function onNetworks(apply: (network: IpAddress) => RuntimeValue): Routine['run'] {
  return (value, [options, version]) => {
    if (!isMany(value) && typeof value !== 'string' && !(value instanceof Markup)) return null;
    const items = isMany(value) ? toList(value) : [value];
    const kept = isIntLike(version ?? null)
      ? filterVersion(items, Number(version) === 6 ? 6 : 4, options)
      : (keepAddresses(items, options) as string[]);
    const results = kept
      .map((text) => parseInterface(text))
      .filter((network) => network !== undefined)
      .map(apply);
    if (kept.length === 0) return null;
    return isMany(value) ? results : (results[0] ?? null);
  };
}

function hostsOf(network: IpAddress): RuntimeValue {
  const { version, prefix = 0 } = network;
  const width = bitsOf(version) - prefix;
  const base = networkBase(network);
  const last = base + (1n << BigInt(width)) - 1n;
  const isSmall = width <= 1;
  const first = isSmall ? base : base + 1n;
  // Only IPv4 networks have a broadcast address.
  const final = isSmall || version === 6 ? last : last - 1n;
  refuseLongList(Number(final - first));
  return Array.from({ length: Number(final - first) + 1 }, (_, index) =>
    formatAddress({ version, value: first + BigInt(index), prefix: undefined }),
  );
}

function sizeOf({ version, prefix = 0 }: IpAddress): RuntimeValue {
  return fromBigint(1n << BigInt(bitsOf(version) - prefix));
}

function readNetwork(value: RuntimeValue): IpAddress {
  const network = parseInterface(toTextArgument(value));
  if (network === undefined) throw fault(`${repr(value)} does not appear to be an IPv4 or IPv6 network`);
  if (networkBase(network) !== network.value) throw fault(`${toText(value)} has host bits set`);
  return network;
}

function strictAddress(value: RuntimeValue): IpAddress {
  const address = parseAddress(toTextArgument(value));
  if (address === undefined) throw fault(`${repr(value)} does not appear to be an IPv4 or IPv6 address`);
  return address;
}

function filterByNetworks(value: RuntimeValue, [networks = null]: BoundArguments): RuntimeValue {
  if (networks === null) return value;
  const ranges = toList(networks).map(readNetwork);
  const keep = (addresses: RuntimeValue): RuntimeValue =>
    toList(addresses).flatMap((item) => ranges.filter((range) => isWithin(strictAddress(item), range)).map(() => item));
  if (value instanceof Map) return new Map(Array.from(value, ([name, addresses]) => [name, keep(addresses)]));
  if (Array.isArray(value) || value instanceof Tuple) return keep(value);
  throw fault(`Do not know how to filter a ${typeName(value)}`);
}

function wrap(value: RuntimeValue): RuntimeValue {
  if (checkAddress(value, 6, undefined) === undefined) return value;
  return `[${formatAddress(strictAddress(toText(value).replaceAll(/^\[+|\]+$/g, '')))}]`;
}

function macBytes(value: RuntimeValue): Uint8Array {
  const text = toTextArgument(value);
  const digits = text.length === 17 ? text.replaceAll(text.slice(2, 3), '') : text;
  if (!/^[0-9a-fA-F]{12}$/.test(digits)) throw fault('Invalid MAC address');
  return new Uint8Array(Buffer.from(digits, 'hex'));
}

function generateMac(prefix: string, runtime: Runtime): string {
  const byte = (): string =>
    Math.floor(runtime.random() * 256)
      .toString(16)
      .toUpperCase()
      .padStart(2, '0');
  return [prefix, byte(), byte(), byte()].join(':');
}

export const networkFilters: readonly Routine[] = [
  routine('is_ipv4', 'options?', (value, [options]) => checkAddress(value, 4, options) !== undefined),
  routine('is_ipv6', 'options?', (value, [options]) => checkAddress(value, 6, options) !== undefined),
  routine('is_ip', 'options?', (value, [options]) =>
    ([4, 6] as const).some((version) => checkAddress(value, version, options) !== undefined),
  ),
  routine('ipv4', 'options?', (value, [options]) => keepVersion(value, 4, options)),
  routine('ipv6', 'options?', (value, [options]) => keepVersion(value, 6, options)),
  routine('ipaddr', 'options?', (value, [options]) => keepAddresses(value, options)),
  routine('ip_host', 'options? version?', onNetworks(formatAddress)),
  routine('network_hosts', 'options? version?', onNetworks(hostsOf)),
  routine('network_size', 'options? version?', onNetworks(sizeOf)),
  routine('filter_by_networks', 'networks', filterByNetworks),
  routine('ipwrap', '', (value) =>
    Array.isArray(value) || value instanceof Tuple ? toList(value).map(wrap) : wrap(value),
  ),
  routine('gen_mac', '', (value, _args, runtime) => generateMac(toTextArgument(value), runtime)),
  routine('mac_str_to_bytes', '', macBytes),
];
