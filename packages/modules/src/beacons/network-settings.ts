import { equalValues, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { compilePythonRegex, limitTime } from '@brine/common';
import { mappingOf, payload, readText, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

/** What can be watched; those after `ipaddr` are Salt's that the kernel's files do not tell. */
const attributes: ReadonlySet<Value> = new Set([
  ...['txqlen', 'index', 'operstate', 'group', 'carrier_changes', 'ifname', 'promiscuity', 'linkmode', 'broadcast'],
  ...['address', 'num_tx_queues', 'num_rx_queues', 'mtu', 'carrier', 'flags', 'ifi_type', 'ipaddr'],
]);
const untold: ReadonlySet<Value> = new Set([
  'family',
  'ipdb_scope',
  'neighbours',
  'ipdb_priority',
  'kind',
  'qdisc',
  'ports',
]);

/** `network_settings` */
export const networkSettings: BeaconDeclaration = {
  name: 'network_settings',
  summary: 'Tells when an attribute of a network interface changes, or with `onvalue` when it becomes that.',
  example: `network_settings:
  - coalesce: True
  - interfaces:
      eth*:
        ipaddr:
        promiscuity:
          onvalue: 1`,
  validate(config) {
    const interfaces = config.get('interfaces') ?? new Map();
    if (!isDict(interfaces)) return 'interfaces section for network_settings beacon must be a dictionary.';
    for (const wanted of interfaces.values()) {
      if (!isDict(wanted)) return 'Interface attributes for network_settings beacon must be a dictionary.';
      const keys = [...wanted.keys()];
      if (!keys.every((key) => attributes.has(key) || untold.has(key)))
        return 'Invalid attributes in beacon configuration.';
      const missing = keys.find((key) => untold.has(key));
      if (missing !== undefined) return `The attribute ${pythonStr(missing)} cannot be watched here.`;
    }
    return undefined;
  },
  create(context) {
    let last: ReadonlyMap<string, Dict> | undefined;
    return {
      async look(config) {
        const now = await readInterfaces(context);
        const before = last ?? now;
        last = now;
        const changed: Dict = new Map();
        for (const [name, wanted] of expand(mappingOf(config, 'interfaces'), [...now.keys()])) {
          const change = changesOf(before.get(name) ?? new Map(), now.get(name) ?? new Map(), wanted);
          if (change.size > 0) changed.set(name, change);
        }
        if (config.get('coalesce') === true)
          return changed.size === 0 ? [] : [payload(['tag', 'result'], ['changes', changed])];
        return [...changed].map(([name, change]) => payload(['tag', name], ['interface', name], ['change', change]));
      },
    };
  },
};

/** The interfaces that a configuration names; a name that none has is a regular expression. */
function expand(wanted: Dict, names: readonly string[]): readonly (readonly [string, Dict])[] {
  return [...wanted].flatMap(([key, settings]) => {
    const name = pythonStr(key);
    const own: Dict = isDict(settings) ? settings : new Map();
    if (names.includes(name)) return [[name, own] as const];
    const regex = compilePythonRegex(name);
    return limitTime(500, () => names.filter((one) => regex.test(one))).map((one) => [one, own] as const);
  });
}

function changesOf(before: Dict, now: Dict, wanted: Dict): Dict {
  const change: Dict = new Map();
  for (const [attribute, settings] of wanted) {
    const value = now.get(attribute) ?? null;
    if (equalValues(before.get(attribute) ?? null, value)) continue;
    const target = isDict(settings) ? settings.get('onvalue') : undefined;
    if (target === undefined || target === null || equalValues(target, value)) change.set(attribute, value);
  }
  return change;
}

async function readInterfaces(context: BeaconContext): Promise<ReadonlyMap<string, Dict>> {
  const names = (await context.host.files.list('/sys/class/net')) ?? [];
  const addresses = new Map(context.machine.interfaces().map((one) => [one.name, one.addresses]));
  const found = new Map<string, Dict>();
  for (const name of names) {
    const settings = await readInterface(context, name);
    if (settings === undefined) continue;
    const own = (addresses.get(name) ?? []).map(({ address, prefixLength }) => [address, prefixLength]);
    settings.set('ipaddr', own);
    found.set(name, settings);
  }
  return found;
}

const texts: readonly (readonly [string, string])[] = [
  ['address', 'address'],
  ['broadcast', 'broadcast'],
];
const counts: readonly (readonly [string, string])[] = [
  ['txqlen', 'tx_queue_len'],
  ['index', 'ifindex'],
  ['group', 'netdev_group'],
  ['carrier', 'carrier'],
  ['carrier_changes', 'carrier_changes'],
  ['linkmode', 'link_mode'],
  ['mtu', 'mtu'],
  ['flags', 'flags'],
  ['ifi_type', 'type'],
];
const promiscuous = 0x100;

async function readInterface(context: BeaconContext, name: string): Promise<Dict | undefined> {
  const folder = `/sys/class/net/${name}`;
  const read = async (file: string): Promise<string> => (await readText(context, `${folder}/${file}`)).trim();
  const index = await read('ifindex');
  if (index === '') return undefined;
  const settings: Dict = payload(['ifname', name], ['operstate', (await read('operstate')).toUpperCase()]);
  for (const [key, file] of texts) settings.set(key, await read(file));
  for (const [key, file] of counts) settings.set(key, Number(await read(file)));
  settings.set('promiscuity', (Number(settings.get('flags')) & promiscuous) === 0 ? 0 : 1);
  const queues = (await context.host.files.list(`${folder}/queues`)) ?? [];
  settings.set('num_tx_queues', queues.filter((queue) => queue.startsWith('tx-')).length);
  settings.set('num_rx_queues', queues.filter((queue) => queue.startsWith('rx-')).length);
  return settings;
}
