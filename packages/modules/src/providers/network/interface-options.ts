import { AppError, pythonStr, type Dict, type Value } from '@brine/common';

/** What an interface is to be, family by family: `inet` and `inet6` with their options in the order of the file. */
export interface InterfaceWish {
  readonly name: string;
  readonly enabled: boolean;
  readonly hotplug: boolean;
  readonly families: readonly FamilyWish[];
}

/** One `iface` clause. */
export interface FamilyWish {
  readonly family: 'inet' | 'inet6';
  readonly method: string;
  /** Lines of the clause: `address 10.0.0.2`. */
  readonly options: readonly string[];
}

/** The kinds of interfaces. */
export type InterfaceKind = 'eth' | 'bond' | 'bridge' | 'slave' | 'vlan';

function refuse(name: string, option: string, expected: string): never {
  throw new AppError({
    code: 'state-failed',
    message: `Invalid option -- Interface: ${name}, Option: ${option}, Expected: [${expected}]`,
  });
}

const methods = {
  inet: ['bootp', 'dhcp', 'static', 'manual', 'loopback', 'ppp'],
  inet6: ['auto', 'loopback', 'static', 'manual', 'dhcp', 'v4tunnel', '6to4'],
};

// Salt's words and those of the file, in the order the file has them.
const optionNames: readonly (readonly [file: string, ...words: readonly string[]])[] = [
  ...['autoconf', 'privext', 'dhcp'].map((word) => [word, word] as const),
  ['hwaddress', 'hwaddr', 'hwaddress'],
  ['vlan-raw-device', 'vlan_raw_device', 'vlan-raw-device'],
  ['address', 'ipaddr', 'address', 'addr', 'ipaddrs', 'addresses'],
  ...['netmask', 'broadcast', 'metric', 'gateway', 'pointopoint', 'scope', 'hostname', 'media'].map(
    (word) => [word, word] as const,
  ),
  ...['leasehours', 'leasetime', 'vendor', 'client', 'bootfile', 'server', 'endpoint', 'dstaddr', 'local', 'ttl'].map(
    (word) => [word, word] as const,
  ),
  ...['mtu', 'provider', 'unit', 'options'].map((word) => [word, word] as const),
  ['bond-master', 'master'],
  ['dns-nameservers', 'dns', 'dns_nameservers', 'dns-nameservers'],
  ['dns-search', 'search', 'dns_search', 'dns-search'],
  ...['mode', 'ap-scan', 'conf', 'driver', 'group', 'key-mgmt', 'pairwise', 'proto', 'psk', 'roam', 'ssid'].map(
    (word) => {
      const file = word === 'mode' ? 'wireless-mode' : `wpa-${word}`;
      return [file, file, file.replaceAll('-', '_')] as const;
    },
  ),
  ['wireless-essid', 'wireless-essid', 'wireless_essid'],
  ['accept_ra', 'accept_ra'],
  ['preferred-lifetime', 'preferred-lifetime', 'preferred_lifetime'],
  ['dad-attempts', 'dad-attempts', 'dad_attempts'],
  ['dad-interval', 'dad-interval', 'dad_interval'],
  ...['up', 'down', 'pre-up', 'post-up', 'pre-down', 'post-down'].map(
    (word) => [word, `${word.replaceAll('-', '_')}_cmds`] as const,
  ),
];

const joined = new Set(['dns-nameservers', 'dns-search']);
const onlyInet6 = new Set([
  'autoconf',
  'privext',
  'dhcp',
  'media',
  'accept_ra',
  'preferred-lifetime',
  'dad-attempts',
  'dad-interval',
]);
const onlyInet = new Set([
  'broadcast',
  'metric',
  'pointopoint',
  'leasehours',
  'leasetime',
  'vendor',
  'client',
  'bootfile',
  'server',
]);
// Words without the name of a family that belong to IPv4 all the same.
const meansInet = new Set(['address', 'gateway']);

function truth(value: Value): boolean | undefined {
  const word = pythonStr(value).toLowerCase();
  if (['yes', 'on', 'true', '1'].includes(word)) return true;
  return ['no', 'off', 'false', '0'].includes(word) ? false : undefined;
}

/** Works out the clauses of an interface from arguments as Salt names them. Throws `state-failed`. */
export function toInterfaceWish(
  name: string,
  { kind, enabled }: { readonly kind: InterfaceKind; readonly enabled: boolean },
  given: Dict,
): InterfaceWish {
  const families = (['inet', 'inet6'] as const).flatMap((family): readonly FamilyWish[] => {
    const clause = toFamily(name, { family, kind }, given);
    return clause === undefined ? [] : [clause];
  });
  const hotplug = given.get('hotplug');
  return { name, enabled, hotplug: hotplug !== undefined && truth(hotplug) === true, families };
}

interface Clause {
  readonly family: 'inet' | 'inet6';
  readonly kind: InterfaceKind;
}

function toFamily(name: string, clause: Clause, given: Dict): FamilyWish | undefined {
  const { family } = clause;
  if (!isWanted(clause, given)) return undefined;
  const word = methodOf(clause, given);
  // A clause without a method is none; Salt leaves it out as well.
  if (word === undefined || word === null) return undefined;
  const method = pythonStr(word);
  if (!methods[family].includes(method)) refuse(name, 'proto', methods[family].join('|'));
  const options = [
    ...commonOptions(name, clause, given),
    ...ethtoolOptions(name, clause, given),
    ...kindOptions(name, clause, given),
  ];
  return { family, method, options };
}

function prefixOf(family: Clause['family']): string {
  return family === 'inet' ? 'ipv4' : 'ipv6';
}

function isWanted({ family, kind }: Clause, given: Dict): boolean {
  if (given.get(`enable_${prefixOf(family)}`) === false) return false;
  if (kind !== 'eth') return true;
  const shared = family === 'inet' ? ['proto', 'ipaddr', 'address', 'addresses', 'gateway'] : [];
  return (
    shared.some((key) => given.has(key)) || [...given.keys()].some((key) => pythonStr(key).startsWith(prefixOf(family)))
  );
}

function methodOf({ family, kind }: Clause, given: Dict): Value | undefined {
  if (kind === 'slave') return 'manual';
  return given.get(`${prefixOf(family)}proto`) ?? (family === 'inet' ? given.get('proto') : undefined);
}

function commonOptions(name: string, { family, kind }: Clause, given: Dict): readonly string[] {
  const foreign = family === 'inet' ? onlyInet6 : onlyInet;
  return optionNames.flatMap(([file, ...words]) => {
    if (foreign.has(file) || (file === 'wireless-mode' && kind !== 'eth')) return [];
    const isShared = family === 'inet' || !meansInet.has(file);
    const keys = [...words.map((word) => `${prefixOf(family)}${word}`), ...(isShared ? words : [])];
    const found = keys.map((key) => given.get(key)).find((value) => value !== undefined);
    const device = file === 'vlan-raw-device' && kind === 'vlan' ? name.replace(/\.\d*/g, '') : undefined;
    return optionLines(file, found ?? device);
  });
}

function optionLines(file: string, value: Value | undefined): readonly string[] {
  if (value === undefined || value === null || value === false || value === '') return [];
  const texts = Array.isArray(value) ? value.map((item) => pythonStr(item)) : [pythonStr(value)];
  return joined.has(file) ? [`${file} ${texts.join(' ')}`] : texts.map((text) => `${file} ${text}`);
}

const switches = ['rx', 'tx', 'sg', 'tso', 'ufo', 'gso', 'gro', 'lro'];

function ethtoolOptions(name: string, { kind }: Clause, given: Dict): readonly string[] {
  if (kind === 'bridge') return [];
  const toggle = (key: string): string | undefined => {
    const value = given.get(key);
    return value === undefined ? undefined : onOff(name, key, value);
  };
  const chosen = (key: string, choices: readonly string[]): string | undefined => {
    const value = given.get(key);
    if (value === undefined) return undefined;
    const word = pythonStr(value);
    return choices.includes(word) ? word : refuse(name, key, choices.join('|'));
  };
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['ethernet-autoneg', toggle('autoneg')],
    ['link-duplex', chosen('duplex', ['full', 'half'])],
    ['link-speed', chosen('speed', ['10', '100', '1000', '10000'])],
    ...switches.toSorted().map((key) => [`offload-${key}`, toggle(key)] as const),
  ];
  return rows.flatMap(([file, value]) => (value === undefined ? [] : [`${file} ${value}`]));
}

function kindOptions(name: string, { kind }: Clause, given: Dict): readonly string[] {
  if (kind === 'bridge') return toRows('bridge_', bridgeOptions(name, given));
  if (kind !== 'bond') return [];
  const slaves = given.get('slaves') ?? '';
  return toRows('bond-', { ...bondOptions(name, given), slaves: listText(slaves) });
}

function toRows(prefix: string, options: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(options)
    .toSorted()
    .map((key) => `${prefix}${key} ${options[key] ?? ''}`);
}

function listText(value: Value): string {
  return Array.isArray(value) ? value.map((item) => pythonStr(item)).join(' ') : pythonStr(value);
}

type Check = readonly [pattern: RegExp, expected: string];
const whole: Check = [/^\d+(\.\d+)?$/, 'integer'];
const ofInterface: Check = [/^\S+ +\d+$/, 'interface integer'];
const bridgeSettings: Readonly<Record<string, Check>> = {
  ageing: whole,
  fd: whole,
  gcint: whole,
  hello: whole,
  maxage: whole,
  bridgeprio: whole,
  maxwait: whole,
  hw: [/^[0-9a-f]{2}([-:])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i, 'valid MAC address'],
  pathcost: ofInterface,
  portprio: ofInterface,
  waitport: [/^\d+( +\S+)*$/, 'integer [interfaces]'],
};

function bridgeOptions(name: string, given: Dict): Record<string, string> {
  const options: Record<string, string> = { ports: listText(given.get('ports') ?? '') };
  for (const [key, [pattern, expected]] of Object.entries(bridgeSettings)) {
    const value = given.get(key);
    if (value === undefined) continue;
    const text = pythonStr(value);
    options[key] = pattern.test(text) ? text : refuse(name, key, expected);
  }
  const stp = given.get('stp');
  return stp === undefined ? options : { ...options, stp: onOff(name, 'stp', stp) };
}

function onOff(name: string, key: string, value: Value): 'on' | 'off' {
  const isOn = truth(value);
  if (isOn === undefined) return refuse(name, key, 'yes|on|true|1|True|no|off|false|0|False');
  return isOn ? 'on' : 'off';
}

const modes = ['balance-rr', 'active-backup', 'balance-xor', 'broadcast', '802.3ad', 'balance-tlb', 'balance-alb'];
const bondDefaults: Readonly<Record<string, string>> = {
  miimon: '100',
  downdelay: '200',
  updelay: '0',
  lacp_rate: '0',
  ad_select: '0',
  arp_interval: '250',
};

/** The settings of a bond in the order Salt writes them, defaults among them. Throws `state-failed`. */
export function bondOptions(name: string, given: Dict): Record<string, string> {
  const mode = bondMode(name, given);
  const primary = given.get('primary');
  const policy = given.get('hashing-algorithm');
  const ends = {
    ...(primary !== undefined && [1, 5, 6].includes(mode) ? { primary: pythonStr(primary) } : {}),
    ...(mode === 0 || mode === 2 ? {} : { use_carrier: useCarrier(name, given) }),
    ...(policy !== undefined && [2, 4].includes(mode) ? { xmit_hash_policy: hashPolicy(name, policy) } : {}),
  };
  return { mode: String(mode), ...watching(name, mode, given), ...ends };
}

function bondMode(name: string, given: Dict): number {
  const wanted = pythonStr(given.get('mode') ?? '');
  if (modes.includes(wanted)) return modes.indexOf(wanted);
  return /^[0-6]$/.test(wanted)
    ? Number(wanted)
    : refuse(name, 'mode', ['0', '1', '2', '3', '4', '5', '6', ...modes].join('|'));
}

// How a bond sees that a slave is gone.
function watching(name: string, mode: number, given: Dict): Record<string, string> {
  const asks = mode === 0 || mode === 2;
  const keys = asks
    ? ['arp_interval']
    : ['miimon', 'downdelay', 'updelay', ...(mode === 4 ? ['lacp_rate', 'ad_select'] : [])];
  const numbers = Object.fromEntries(keys.map((key) => [key, bondNumber(name, key, given)]));
  return asks ? { arp_ip_target: arpTargets(name, given), ...numbers } : numbers;
}

function arpTargets(name: string, given: Dict): string {
  const targets = given.get('arp_ip_target');
  if (!Array.isArray(targets) || targets.length === 0 || targets.length > 16)
    return refuse(name, 'arp_ip_target', 'list of ips (up to 16)');
  return targets.map((target) => pythonStr(target)).join(',');
}

function bondNumber(name: string, key: string, given: Dict): string {
  const value = given.get(key);
  if (value === undefined) return bondDefaults[key] ?? '';
  const text = pythonStr(value)
    .replace(/^fast$/, '1')
    .replace(/^slow$/, '0');
  return /^\d+$/.test(text) ? text : refuse(name, key, key === 'lacp_rate' ? 'fast|1|slow|0' : 'integer');
}

function useCarrier(name: string, given: Dict): string {
  const value = given.get('use_carrier');
  if (value === undefined) return 'on';
  const isOn = truth(value);
  return isOn === undefined ? refuse(name, 'use_carrier', 'yes|on|true|1|True|no|off|false|0|False') : isOn ? '1' : '0';
}

function hashPolicy(name: string, value: Value): string {
  const policies = ['layer2', 'layer2+3', 'layer3+4'];
  const text = pythonStr(value);
  return policies.includes(text) ? text : refuse(name, 'hashing-algorithm', policies.join('|'));
}

/** The lines of an interface as its file has them. */
export function interfaceLines(wish: InterfaceWish): readonly string[] {
  return [
    ...(wish.enabled ? [`auto ${wish.name}`] : []),
    ...(wish.hotplug ? [`allow-hotplug ${wish.name}`] : []),
    ...wish.families.flatMap(({ family, method, options }) => [
      `iface ${wish.name} ${family} ${method}`,
      ...options.map((option) => `    ${option}`),
    ]),
  ];
}
