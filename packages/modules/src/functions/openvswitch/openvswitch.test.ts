import { toValue, type Plain } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const answers: Readonly<Record<string, string>> = {
  'list-br': 'br0\nbr0-10\n',
  'br-exists br0': '',
  'br-to-parent br0-10': 'br0\n',
  'br-to-vlan br0-10': '10\n',
  'list-ports br0': 'p1\ngre1\n',
  'get port p1 tag': '[]\n',
  'get interface gre1 type': 'gre\n',
  'get interface gre1 options': '{key="1"}\n',
  '--format=json --columns=ids list Interface br0': '{"data":[[["map",[["a",["set",[1,2]]]]]]],"headings":["ids"]}',
  '--format=json --columns=mac --if-exists list Interface br9': '{"data":[],"headings":["mac"]}',
};

it('asks and changes a switch by ovs-vsctl', async () => {
  const host = createFakeHost({
    files: { '/sys/class/net/eth1/mtu': '1500\n' },
    programs: {
      'ovs-vsctl': (words) => {
        if (words.includes('br9')) return answers[words.join(' ')] ?? { exitCode: 2, stderr: 'ovs-vsctl: no br9\n' };
        return answers[words.join(' ')] ?? '';
      },
    },
  });
  const call = async (name: string, positional: readonly Plain[] = [], keyword = {}) =>
    (await callScratch(`openvswitch.${name}`, { positional, keyword, host })).value;
  const looks: readonly (readonly [string, readonly Plain[], Plain])[] = [
    ['bridge_list', [], ['br0', 'br0-10']],
    ['bridge_exists', ['br0'], true],
    ['bridge_exists', ['br9'], false],
    ['bridge_to_parent', ['br0-10'], 'br0'],
    ['bridge_to_parent', ['br9'], false],
    ['bridge_to_vlan', ['br0-10'], 10],
    ['bridge_to_vlan', ['br9'], false],
    ['port_list', ['br0'], ['p1', 'gre1']],
    ['port_list', ['br9'], false],
    ['port_get_tag', ['p1'], ['[]']],
    ['interface_get_type', ['gre1'], ['gre']],
    ['interface_get_options', ['gre1'], ['{key="1"}']],
    ['db_get', ['Interface', 'br0', 'ids'], { a: [1, 2] }],
    ['db_get', ['Interface', 'br9', 'mac', true], null],
    ['port_create_vlan', ['br0', 'eth9', 7], false],
    ['port_create_gre', ['br0', 'gre1', 7, 'nowhere'], false],
    ['port_create_gre', ['br9', 'gre1', 7, '192.0.2.1'], false],
  ];
  for (const [name, positional, answer] of looks) expect(await call(name, positional), name).toEqual(toValue(answer));
  expect(host.started).toEqual([]);
  const changes: readonly (readonly [string, readonly Plain[], string])[] = [
    ['bridge_create', ['br1'], '--may-exist add-br br1'],
    ['bridge_create', ['br1', false, 'br0', 10], 'add-br br1 br0 10'],
    ['bridge_delete', ['br1'], '--if-exists del-br br1'],
    ['port_add', ['br0', 'p2', true, true], '--may-exist add-port br0 p2 -- set interface p2 type=internal'],
    ['port_remove', ['br0', 'p1'], '--if-exists del-port br0 p1'],
    ['port_remove', [null, 'p1', false], 'del-port p1'],
    ['port_create_vlan', ['br0', 'eth1', 7], 'add-port br0 eth1 tag=7'],
    ['port_create_vlan', ['br0', 'p1', 7, true], 'set port p1 tag=7 -- set interface p1 type=internal'],
    [
      'port_create_gre',
      ['br0', 'gre2', 7, '192.0.2.1'],
      'add-port br0 gre2 -- set interface gre2 type=gre options:remote_ip=192.0.2.1 options:key=7',
    ],
    [
      'port_create_vxlan',
      ['br0', 'gre1', 7, '192.0.2.1', 8472],
      'set interface gre1 type=vxlan options:remote_ip=192.0.2.1 options:key=7 options:dst_port=8472',
    ],
  ];
  for (const [name, positional, words] of changes) {
    expect(await call(name, positional), words).toBe(true);
    expect(host.started.at(-1)?.command, name).toEqual(['ovs-vsctl', ...words.split(' ')]);
  }
  expect(await call('db_set', ['Interface', 'br0', 'mac', '02:03'])).toBe(null);
  expect(host.started.at(-1)?.command).toEqual(['ovs-vsctl', 'set', 'Interface', 'br0', 'mac="02:03"']);
  expect(await call('db_set', ['Interface', 'br9', 'mac', '02:03'])).toBe('ovs-vsctl: no br9');
  await expect(call('db_get', ['Interface', 'br9', 'mac'])).rejects.toThrow('ovs-vsctl: no br9');
  await expect(call('bridge_create', ['br1'], { vlan: 7 })).rejects.toThrow(
    'If vlan is specified, parent must also be specified.',
  );
});
