import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { absent as bridgeAbsent } from '../openvswitch-bridge/absent.ts';
import { present as bridgePresent } from '../openvswitch-bridge/present.ts';
import { managed } from '../openvswitch-db/managed.ts';
import { absent } from './absent.ts';
import { present } from './present.ts';

type Answer = Exclude<ReturnType<FakeProgram>, Promise<unknown>>;

interface Port {
  readonly bridge: string;
  readonly type?: string;
  readonly tag?: string;
  readonly options?: Readonly<Record<string, string>>;
}

interface Switch {
  readonly bridges: Readonly<Record<string, readonly string[]>>;
  readonly ports: Readonly<Record<string, Port>>;
  readonly columns?: Readonly<Record<string, unknown>>;
}

/** As ovs-vsctl answers and changes a switch, the commands of one call after each other. */
const ovsVsctl: FakeProgram = (args, machine) => {
  const words = args.filter((word) => word !== '--may-exist' && word !== '--if-exists');
  if (words.includes('bad')) return { exitCode: 1, stderr: 'ovs-vsctl: cannot do that\n' };
  const at = words.indexOf('--');
  if (at < 0) return perform(words, machine);
  perform(words.slice(0, at), machine);
  return perform(words.slice(at + 1), machine);
};

function perform([verb = '', ...words]: readonly string[], machine: FakeHost): Answer {
  const now = machine.facts.get('switch') as Switch;
  const [first = '', second = '', third = ''] = words;
  const look: Readonly<Record<string, () => Answer>> = {
    'br-exists': () => (first in now.bridges ? '' : { exitCode: 2 }),
    'br-to-parent': () => now.bridges[first]?.[0] ?? first,
    'br-to-vlan': () => now.bridges[first]?.[1] ?? '0',
    'list-ports': () =>
      Object.entries(now.ports)
        .filter(([, { bridge }]) => bridge === first)
        .map(([name]) => `${name}\n`)
        .join(''),
    'port-to-br': () => now.ports[first]?.bridge ?? { exitCode: 1, stderr: `no port named ${first}` },
    get: () => tell(now.ports[second], third),
    '--format=json': () => {
      const value = now.columns?.[first.slice('--columns='.length)];
      return JSON.stringify({ data: words[3] === 'none' ? [] : [[value]], headings: ['x'] });
    },
  };
  return look[verb]?.() ?? (machine.facts.set('switch', change(now, verb, words)), '');
}

function tell(port: Port | undefined, column: string): Answer {
  if (port === undefined) return { exitCode: 1, stderr: 'no row' };
  if (column === 'tag') return port.tag ?? '[]';
  if (column === 'type') return port.type ?? '""';
  const rows = Object.entries(port.options ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${rows.map(([key, value]) => `${key}="${value}"`).join(', ')}}`;
}

function change(now: Switch, verb: string, words: readonly string[]): Switch {
  const { bridges, ports } = now;
  const [first = '', second = '', ...rest] = words;
  if (verb === 'add-br') return { ...now, bridges: { ...bridges, [first]: words.slice(1) } };
  if (verb === 'del-br') return { ...now, bridges: without(bridges, first) };
  if (verb === 'del-port') return { ...now, ports: without(ports, words.at(-1) ?? '') };
  if (verb === 'add-port') {
    const port = { bridge: first, ...ports[second], ...settings(rest) };
    return { ...now, ports: { ...ports, [second]: port } };
  }
  if (first === 'Interface')
    return { ...now, columns: { ...now.columns, mac: rest.join(' ').slice('mac="'.length, -1) } };
  const port = { bridge: '', ...ports[second], ...settings(rest) };
  return { ...now, ports: { ...ports, [second]: port } };
}

function settings(words: readonly string[]): object {
  const pairs = words.map((word) => word.split('=') as [string, string]);
  const options = pairs
    .filter(([key]) => key.startsWith('options:'))
    .map(([key, value]) => [key.slice(8), value] as const);
  const own = pairs.filter(([key]) => !key.startsWith('options:'));
  return { ...Object.fromEntries(own), ...(options.length === 0 ? {} : { options: Object.fromEntries(options) }) };
}

function without<Row>(rows: Readonly<Record<string, Row>>, name: string): Record<string, Row> {
  return Object.fromEntries(Object.entries(rows).filter(([one]) => one !== name));
}

const gre = { bridge: 'br0', type: 'gre', options: { remote_ip: '192.0.2.10', key: '5001' } };
const vxlan = { bridge: 'br0', type: 'vxlan', options: { remote_ip: '192.0.2.10', key: '7', dst_port: '8472' } };
const before = {
  programs: { 'ovs-vsctl': ovsVsctl },
  files: { '/sys/class/net/eth1/mtu': '1500\n' },
  facts: {
    switch: {
      bridges: { br0: [], 'br0-10': ['br0', '10'] },
      ports: { p1: { bridge: 'br0' }, v1: { bridge: 'br0', tag: '100' }, gre1: gre, vx1: vxlan },
      columns: { mac: ['set', []], ids: ['map', [['a', 'b']]] },
    },
  },
};

describeState(bridgePresent, [
  {
    title: 'makes a bridge',
    before,
    arguments: { name: 'br1' },
    pending: {
      comment: 'Bridge br1 created.',
      changes: { br1: { old: 'Bridge br1 does not exist.', new: 'Bridge br1 created' } },
    },
    applied: { comment: 'Bridge br1 created.' },
  },
  {
    title: 'makes a fake bridge',
    before,
    arguments: { name: 'br0-20', parent: 'br0', vlan: 20 },
    pending: {
      comment: 'Bridge br0-20 created.',
      changes: { 'br0-20': { old: 'Bridge br0-20 does not exist.', new: 'Bridge br0-20 created' } },
    },
    applied: { comment: 'Bridge br0-20 created.' },
  },
  { title: 'knows a bridge', before, arguments: { name: 'br0' }, ok: 'Bridge br0 already exists.' },
  {
    title: 'knows a fake bridge',
    before,
    arguments: { name: 'br0-10', parent: 'br0', vlan: 10 },
    ok: 'Bridge br0-10 already exists.',
  },
  {
    title: 'does not turn a fake bridge into another',
    before,
    arguments: { name: 'br0-10', parent: 'br0', vlan: 11 },
    fails: 'Bridge br0-10 already exists, but has a different parent or VLAN ID.',
  },
  {
    title: 'needs both of parent and VLAN',
    before,
    arguments: { name: 'br2', vlan: 11 },
    fails: 'If vlan is specified, parent must also be specified.',
  },
  {
    title: 'tells that a bridge could not be made',
    before: { ...before, programs: { 'ovs-vsctl': ([verb = '']) => ({ exitCode: verb === 'br-exists' ? 2 : 1 }) } },
    arguments: { name: 'br1' },
    pending: {
      comment: 'Bridge br1 created.',
      changes: { br1: { old: 'Bridge br1 does not exist.', new: 'Bridge br1 created' } },
    },
    applied: { comment: 'Unable to create bridge: br1.', changes: {}, failed: true },
  },
  {
    title: 'does not take silence of the switch for absence',
    before: { ...before, programs: { 'ovs-vsctl': () => ({ exitCode: 1, stderr: 'database connection failed' }) } },
    arguments: { name: 'br1' },
    fails: 'ovs-vsctl failed: database connection failed',
  },
  {
    title: 'says that ovs-vsctl is missing',
    arguments: { name: 'br1' },
    fails: 'The program ovs-vsctl is not on this minion.',
  },
]);

describeState(bridgeAbsent, [
  {
    title: 'deletes a bridge',
    before,
    arguments: { name: 'br0' },
    pending: {
      comment: 'Bridge br0 deleted.',
      changes: { br0: { old: 'Bridge br0 exists.', new: 'Bridge br0 deleted.' } },
    },
    applied: { comment: 'Bridge br0 deleted.' },
  },
  { title: 'has nothing to do', before, arguments: { name: 'br9' }, ok: 'Bridge br9 does not exist.' },
]);

const tunnel = { name: 'gre1', bridge: 'br0', tunnel_type: 'gre', id: 5001, remote: '192.0.2.10' };

describeState(present, [
  {
    title: 'adds a port',
    before,
    arguments: { name: 'p2', bridge: 'br0' },
    pending: {
      comment: 'Port p2 created on bridge br0.',
      changes: { p2: { old: 'No port named p2 present.', new: 'Created port p2 on bridge br0.' } },
    },
    applied: { comment: 'Port p2 created on bridge br0.' },
  },
  {
    title: 'makes a port internal',
    before,
    arguments: { name: 'p1', bridge: 'br0', internal: true },
    pending: {
      comment: 'Port p1 already exists, but interface type has been changed to internal.',
      changes: { internal: { old: false, new: true } },
    },
    applied: { comment: 'Port p1 already exists, but interface type has been changed to internal.' },
  },
  { title: 'knows a port', before, arguments: { name: 'p1', bridge: 'br0' }, ok: 'Port p1 already exists.' },
  {
    title: 'tells that a port could not be added',
    before,
    arguments: { name: 'bad', bridge: 'br0' },
    pending: {
      comment: 'Port bad created on bridge br0.',
      changes: { bad: { old: 'No port named bad present.', new: 'Created port bad on bridge br0.' } },
    },
    applied: { comment: 'Unable to create port bad on bridge br0.', changes: {}, failed: true },
  },
  {
    title: 'leaves open in a dry run whether the bridge will be there, and fails without it',
    before,
    arguments: { name: 'p1', bridge: 'br9' },
    pending: { comment: 'Bridge br9 does not exist.', changes: {} },
    applied: { comment: 'Bridge br9 does not exist.', failed: true },
  },
  {
    title: 'adds a port of a VLAN',
    before,
    arguments: { name: 'eth1', bridge: 'br0', tunnel_type: 'vlan', id: 7 },
    pending: {
      comment: 'Created port eth1 with access to VLAN 7 on bridge br0.',
      changes: {
        eth1: {
          old: 'No port named eth1 with access to VLAN 7 present on bridge br0 present.',
          new: 'Created port eth1 with access to VLAN 7 on bridge br0.',
        },
      },
    },
    applied: { comment: 'Created port eth1 with access to VLAN 7 on bridge br0.' },
  },
  {
    title: 'knows a port of a VLAN',
    before,
    arguments: { name: 'v1', bridge: 'br0', tunnel_type: 'vlan', id: 100, internal: true },
    ok: 'Port v1 with access to VLAN 100 already exists on bridge br0.',
  },
  {
    title: 'refuses VLANs that cannot be',
    before,
    arguments: { name: 'eth1', bridge: 'br0', tunnel_type: 'vlan', id: 4096 },
    fails: 'VLANs id must be between 0 and 4095.',
  },
  {
    title: 'refuses interfaces that are not there',
    before,
    arguments: { name: 'eth9', bridge: 'br0', tunnel_type: 'vlan', id: 7 },
    fails: 'Could not find network interface eth9.',
  },
  {
    title: 'makes the end of a GRE tunnel',
    before,
    arguments: { ...tunnel, name: 'gre2' },
    pending: {
      comment: 'Created GRE tunnel interface gre2 with remote ip 192.0.2.10  and key 5001 on bridge br0.',
      changes: {
        gre2: {
          old: 'No GRE tunnel interface gre2 with remote ip 192.0.2.10 and key 5001 on bridge br0 present.',
          new: 'Created GRE tunnel interface gre2 with remote ip 192.0.2.10 and key 5001 on bridge br0.',
        },
      },
    },
    applied: { comment: 'Created GRE tunnel interface gre2 with remote ip 192.0.2.10  and key 5001 on bridge br0.' },
  },
  {
    title: 'knows the end of a GRE tunnel',
    before,
    arguments: tunnel,
    ok: 'GRE tunnel interface gre1 with rempte ip 192.0.2.10 and key 5001 already exists on bridge br0.',
  },
  {
    title: 'refuses ends that are no addresses',
    before,
    arguments: { ...tunnel, remote: 'west.example.org' },
    fails: 'Remote is not valid ip address.',
  },
  {
    title: 'refuses keys that cannot be',
    before,
    arguments: { ...tunnel, id: 4_294_967_296 },
    fails: 'Id of GRE tunnel must be an unsigned 32-bit integer.',
  },
  {
    title: 'knows the end of a VXLAN tunnel by its port',
    before,
    arguments: { ...tunnel, name: 'vx1', tunnel_type: 'vxlan', id: 7, dst_port: 8472 },
    ok: 'VXLAN tunnel interface vx1 with rempte ip 192.0.2.10 and key 7 already exists on bridge br0 (dst_port8472).',
  },
  {
    title: 'gives the end of a VXLAN tunnel another key, and tells when it could not',
    before: {
      ...before,
      programs: {
        'ovs-vsctl': (args, machine, request) =>
          args[0] === 'set' ? { exitCode: 1 } : ovsVsctl(args, machine, request),
      },
    },
    arguments: { ...tunnel, name: 'vx1', tunnel_type: 'vxlan', id: 8 },
    pending: {
      comment: 'Created VXLAN tunnel interface vx1 with remote ip 192.0.2.10  and key 8 on bridge br0.',
      changes: {
        vx1: {
          old: 'No VXLAN tunnel interface vx1 with remote ip 192.0.2.10 and key 8 on bridge br0 present.',
          new: 'Created VXLAN tunnel interface vx1 with remote ip 192.0.2.10 and key 8 on bridge br0.',
        },
      },
    },
    applied: {
      comment: 'Unable to create VXLAN tunnel interface vx1 with remote ip 192.0.2.10 and key 8 on bridge br0.',
      changes: {},
      failed: true,
    },
  },
]);

describeState(absent, [
  {
    title: 'removes a port, whatever bridge has it',
    before,
    arguments: { name: 'p1' },
    pending: {
      comment: 'Port p1 deleted.',
      changes: { p1: { old: 'Port named p1 may exist.', new: 'Deleted port p1.' } },
    },
    applied: { comment: 'Port p1 deleted.' },
  },
  {
    title: 'removes a port of a bridge',
    before,
    arguments: { name: 'gre1', bridge: 'br0' },
    pending: {
      comment: 'Port gre1 deleted.',
      changes: { gre1: { old: 'Port named gre1 may exist.', new: 'Deleted port gre1.' } },
    },
    applied: { comment: 'Port gre1 deleted.' },
  },
  {
    title: 'has nothing to do on a bridge',
    before,
    arguments: { name: 'p9', bridge: 'br0' },
    ok: 'Port p9 does not exist on bridge br0.',
  },
  { title: 'has nothing to do', before, arguments: { name: 'p9' }, ok: 'Port p9 does not exist on any bridge.' },
  {
    title: 'fails without the bridge',
    before,
    arguments: { name: 'p1', bridge: 'br9' },
    pending: { comment: 'Bridge br9 does not exist.', changes: {} },
    applied: { comment: 'Bridge br9 does not exist.', failed: true },
  },
]);

describeState(managed, [
  {
    title: 'sets the columns that differ',
    before,
    arguments: { name: 'br0', table: 'Interface', data: { mac: '02:03', ids: { a: 'b' } } },
    pending: { comment: 'Columns have been updated.', changes: { mac: { old: [], new: '02:03' } } },
    applied: { comment: 'Columns have been updated.' },
  },
  {
    title: 'knows sets and maps, of the record that is named',
    before,
    arguments: { name: 'any', record: 'br0', table: 'Interface', data: { mac: [], ids: { a: 'b' } } },
    ok: 'All columns are already up to date.',
  },
  {
    title: 'tells which column could not be set',
    before: {
      ...before,
      programs: {
        'ovs-vsctl': (args, machine, request) =>
          args[0] === 'set' ? { exitCode: 1, stderr: 'ovs-vsctl: no row "none"\n' } : ovsVsctl(args, machine, request),
      },
    },
    arguments: { name: 'none', table: 'Interface', data: { mac: '02:03' } },
    pending: { comment: 'Columns have been updated.', changes: { mac: { old: null, new: '02:03' } } },
    applied: { comment: 'Error while updating column mac: ovs-vsctl: no row "none"', changes: {}, failed: true },
  },
]);
