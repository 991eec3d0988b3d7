import { AppError, isDict, pythonStr, type Value } from '@brine/common';
import { splitWords } from '../../functions/split-words.ts';

/** How values of SLS files become members of the Docker API. Each throws `state-failed` for what it cannot take. */
export type DockerKind = keyof typeof dockerKinds;

function refuse(message: string): never {
  throw new AppError({ code: 'state-failed', message });
}

/** A list of texts, also given as one text with commas. */
export function toTexts(value: Value): string[] {
  if (Array.isArray(value)) return value.map((item) => pythonStr(item));
  return pythonStr(value)
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** Pairs given as a dict, as a list of dicts, or as texts with a delimiter between key and value. */
export function toPairs(value: Value, delimiter = '='): Record<string, string> {
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [pythonStr(key), textOf(item)]));
  const items = Array.isArray(value) ? value : toTexts(value);
  return Object.assign(
    {},
    ...items.map((item) => {
      if (isDict(item)) return toPairs(item, delimiter);
      const text = pythonStr(item);
      const at = text.indexOf(delimiter);
      return at < 0 ? { [text]: '' } : { [text.slice(0, at)]: text.slice(at + delimiter.length) };
    }),
  ) as Record<string, string>;
}

function textOf(value: Value): string {
  return value === null ? '' : pythonStr(value);
}

function toInteger(value: Value): number {
  const number = Number(pythonStr(value));
  return Number.isSafeInteger(number) ? number : refuse(`'${pythonStr(value)}' is not an integer`);
}

function toBoolean(value: Value): boolean {
  return typeof value === 'boolean' ? value : !/^(|0|no|off|false|none)$/i.test(pythonStr(value));
}

function toBytes(value: Value): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)b?$/i.exec(pythonStr(value)) ?? [];
  if (digits === undefined) return pythonStr(value) === '-1' ? -1 : refuse(`'${pythonStr(value)}' is not a size`);
  const power = ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase().replace('b', ''));
  return Math.floor(Number(digits) * 1024 ** power);
}

function toCommand(value: Value): string[] {
  return Array.isArray(value) ? value.map((item) => pythonStr(item)) : splitWords(pythonStr(value));
}

/** `80`, `8080:80/udp`, `127.0.0.1:8080:80` and ranges, as bindings by the port of the container. */
export function toPortBindings(value: Value): Record<string, readonly PortBinding[]> {
  const texts = isDict(value)
    ? [...value].map(([inside, outside]) => `${textOf(outside)}:${pythonStr(inside)}`)
    : toTexts(value);
  const bindings: Record<string, PortBinding[]> = {};
  for (const text of texts) for (const [port, binding] of readBinding(text)) (bindings[port] ??= []).push(binding);
  return bindings;
}

interface PortBinding {
  readonly HostIp: string;
  readonly HostPort: string;
}

function readBinding(text: string): readonly (readonly [string, PortBinding])[] {
  const [, ip = '', outside, inside = ''] = /^(?:(?:(\[[^\]]*\]|[\d.]+):)?([\d-]*):)?(.+)$/.exec(text) ?? [];
  const [range = '', protocol = 'tcp'] = inside.split('/');
  const ports = toPortRange(range);
  if (outside === '' && ip === '') refuse(`Empty host port in port binding definition '${text}'`);
  const isFree = outside === undefined || outside === '';
  const hosts = isFree ? ports.map(() => '') : toPortRange(outside);
  if (hosts.length !== ports.length)
    refuse(
      `Host port range (${outside ?? ''}) does not have the same number of ports as the container port range (${range})`,
    );
  return ports.map((port, index) => [
    `${port}/${protocol.toLowerCase()}`,
    { HostIp: ip, HostPort: hosts[index] ?? '' },
  ]);
}

/** `80` and `80-82` as the ports they stand for. */
export function toPortRange(text: string): readonly string[] {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  if (first === undefined) return refuse(`'${text}' is non-numeric or an invalid port range`);
  const [from, to] = [Number(first), Number(last ?? first)];
  if (to < from) refuse(`Start of port range (${from}) cannot be greater than end of port range (${to})`);
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

function toExposedPorts(value: Value): Record<string, object> {
  const names = toTexts(value).flatMap((text) => {
    const [range = '', protocol = 'tcp'] = text.split('/');
    return toPortRange(range).map((port) => `${port}/${protocol.toLowerCase()}`);
  });
  return toKeys(names);
}

/** A dict of empty dicts, as the API writes sets. */
export function toKeys(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function toRestartPolicy(value: Value): object {
  if (isDict(value)) {
    const count = value.get('MaximumRetryCount') ?? 0;
    return { Name: textOf(value.get('Name') ?? ''), MaximumRetryCount: toInteger(count) };
  }
  const [name = '', count = '0'] = pythonStr(value).split(':');
  return { Name: name, MaximumRetryCount: toInteger(count) };
}

function toDevices(value: Value): object[] {
  return toTexts(value).map((text) => {
    const [outside = '', inside = outside, permissions = 'rwm'] = text.split(':');
    return { PathOnHost: outside, PathInContainer: inside, CgroupPermissions: permissions };
  });
}

function toUlimits(value: Value): object[] {
  return toTexts(value).map((text) => {
    const [, name, soft = '', hard = soft] = /^(\w+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
    if (name === undefined)
      return refuse(`Ulimit definition '${text}' is not in the format type=soft_limit[:hard_limit]`);
    return { Name: name, Soft: Number(soft), Hard: Number(hard) };
  });
}

const toWords = (delimiter: string) => (value: Value) =>
  Object.entries(toPairs(value, delimiter)).map(([key, item]) => `${key}${delimiter}${item}`);

/** The ways values become members of the API. */
export const dockerKinds = {
  text: textOf,
  texts: toTexts,
  boolean: toBoolean,
  integer: toInteger,
  bytes: toBytes,
  command: toCommand,
  environment: toWords('='),
  hosts: toWords(':'),
  links: toWords(':'),
  pairs: (value: Value) => toPairs(value),
  labels: (value: Value) => toPairs(value),
  ports: toExposedPorts,
  bindings: toPortBindings,
  restart: toRestartPolicy,
  devices: toDevices,
  ulimits: toUlimits,
  mounts: (value: Value) => toKeys(toTexts(value)),
} as const satisfies Record<string, (value: Value) => unknown>;
