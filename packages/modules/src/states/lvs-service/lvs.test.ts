import { describeState, type FakeProgram } from '@brine/testkit';
import { absent as serverAbsent } from '../lvs-server/absent.ts';
import { present as serverPresent } from '../lvs-server/present.ts';
import { absent } from './absent.ts';
import { present } from './present.ts';

/** As ipvsadm keeps its table: a row for each service, and after it one for each of its servers. */
const ipvsadm: FakeProgram = (args, machine) => {
  const rows = machine.facts.get('rules') as string[];
  const [verb = '', ...words] = args;
  const of = (length: number) => rows.filter((row) => row.slice(3).startsWith(`${words.slice(0, length).join(' ')} `));
  if (verb === '-S') return rows.map((row) => `${row}\n`).join('');
  if (words.includes('10.0.0.99:80')) return { exitCode: 1, stderr: 'Memory allocation problem\n' };
  const kept = verb === '-D' ? without(rows, of(2)) : without(rows, verb === '-d' ? of(4) : []);
  if (verb === '-A') kept.push(`-A ${words.join(' ')}`);
  if (verb === '-a') kept.push(`-a ${words.join(' ')}`);
  if (verb === '-E') kept.splice(kept.indexOf(of(2)[0] ?? ''), 1, `-A ${words.join(' ')} -p 300`);
  if (verb === '-e') kept.splice(kept.indexOf(of(4)[0] ?? ''), 1, `-a ${words.join(' ')}`);
  machine.facts.set('rules', kept);
  return '';
};

function without(rows: readonly string[], gone: readonly string[]): string[] {
  return rows.filter((row) => !gone.includes(row));
}

const rules = [
  '-A -t 10.0.0.1:80 -s lblcr -p 300',
  '-a -t 10.0.0.1:80 -r 192.168.0.11:80 -g -w 10',
  '-A -f 7 -s wlc',
  '-a -f 7 -r 192.168.0.11:0 -i -w 1 --tun-type ipip',
];
const before = { programs: { ipvsadm }, facts: { rules } };
const web = { name: 'web', protocol: 'tcp', service_address: '10.0.0.1:80' };
const web1 = { ...web, name: 'web1', server_address: '192.168.0.11:80' };

describeState(present, [
  {
    title: 'makes a service',
    before,
    arguments: { name: 'dns', protocol: 'udp', service_address: '10.0.0.1:53' },
    pending: {
      comment: 'LVS Service dns is not present and needs to be created',
      changes: { dns: 'Present' },
    },
    applied: { comment: 'LVS Service dns has been created' },
  },
  {
    title: 'takes no scheduler for another whose name goes on',
    before,
    arguments: { ...web, scheduler: 'lblc' },
    pending: {
      comment: 'LVS Service web is present but some options should update',
      changes: { web: 'Update' },
    },
    applied: { comment: 'LVS Service web has been updated' },
  },
  {
    title: 'knows a service',
    before,
    arguments: { ...web, scheduler: 'lblcr' },
    ok: 'LVS Service web is present',
  },
  {
    title: 'knows a service by the mark of its packets, with the usual scheduler',
    before,
    arguments: { name: 'marked', protocol: 'fwmark', service_address: 7 },
    ok: 'LVS Service marked is present',
  },
  {
    title: 'tells why a service could not be made',
    before,
    arguments: { ...web, service_address: '10.0.0.99:80' },
    pending: {
      comment: 'LVS Service web is not present and needs to be created',
      changes: { web: 'Present' },
    },
    applied: { comment: 'LVS Service web create failed(Memory allocation problem)', changes: {}, failed: true },
  },
  {
    title: 'refuses protocols that LVS does not have',
    before,
    arguments: { ...web, protocol: 'sctp' },
    fails: 'Error: Only support tcp, udp and fwmark service protocol',
  },
  {
    title: 'needs an address',
    before,
    arguments: { name: 'web', protocol: 'tcp' },
    fails: 'Error: service_address should specified',
  },
  {
    title: 'says that ipvsadm is missing',
    arguments: web,
    fails: 'The program ipvsadm is not on this minion.',
  },
]);

describeState(absent, [
  {
    title: 'removes a service',
    before,
    arguments: web,
    pending: { comment: 'LVS Service web is present and needs to be removed', changes: { web: 'Absent' } },
    applied: { comment: 'LVS Service web has been removed' },
  },
  {
    title: 'has nothing to do',
    before,
    arguments: { ...web, protocol: 'udp' },
    ok: 'LVS Service web is not present, so it cannot be removed',
  },
  {
    title: 'tells why a service could not be removed',
    before: { programs: { ipvsadm }, facts: { rules: ['-A -t 10.0.0.99:80 -s rr'] } },
    arguments: { ...web, service_address: '10.0.0.99:80' },
    pending: { comment: 'LVS Service web is present and needs to be removed', changes: { web: 'Absent' } },
    applied: { comment: 'LVS Service web removed failed(Memory allocation problem)', changes: {}, failed: true },
  },
]);

describeState(serverPresent, [
  {
    title: 'adds a server',
    before,
    arguments: { ...web1, name: 'web2', server_address: '192.168.0.12:80', packet_forward_method: 'nat', weight: 0 },
    pending: {
      comment: 'LVS Server web2 in service 10.0.0.1:80(tcp) is not present and needs to be created',
      changes: { web2: 'Present' },
    },
    applied: { comment: 'LVS Server web2 in service 10.0.0.1:80(tcp) has been created' },
  },
  {
    title: 'takes no weight for another that begins with it',
    before,
    arguments: web1,
    pending: {
      comment: 'LVS Server web1 in service 10.0.0.1:80(tcp) is present but some options should update',
      changes: { web1: 'Update' },
    },
    applied: { comment: 'LVS Server web1 in service 10.0.0.1:80(tcp) has been updated' },
  },
  {
    title: 'knows a server',
    before,
    arguments: { ...web1, weight: 10 },
    ok: 'LVS Server web1 in service 10.0.0.1:80(tcp) is present',
  },
  {
    title: 'knows a server without a port, in a tunnel',
    before,
    arguments: {
      ...{ name: 'm', protocol: 'fwmark', service_address: '7', server_address: '192.168.0.11' },
      packet_forward_method: 'tunnel',
    },
    ok: 'LVS Server m in service 7(fwmark) is present',
  },
  {
    title: 'tells why a server could not be added',
    before,
    arguments: { ...web1, server_address: '10.0.0.99:80' },
    pending: {
      comment: 'LVS Server web1 in service 10.0.0.1:80(tcp) is not present and needs to be created',
      changes: { web1: 'Present' },
    },
    applied: {
      comment: 'LVS Service web1 in service 10.0.0.1:80(tcp) create failed(Memory allocation problem)',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'refuses ways that LVS does not have',
    before,
    arguments: { ...web1, packet_forward_method: 'mail' },
    fails: 'Error: only support dr, tunnel and nat',
  },
  { title: 'needs an address', before, arguments: web, fails: 'Error: server_address should specified' },
]);

describeState(serverAbsent, [
  {
    title: 'removes a server',
    before,
    arguments: web1,
    pending: {
      comment: 'LVS Server web1 in service 10.0.0.1:80(tcp) is present and needs to be removed',
      changes: { web1: 'Absent' },
    },
    applied: { comment: 'LVS Server web1 in service 10.0.0.1:80(tcp) has been removed' },
  },
  {
    title: 'has nothing to do',
    before,
    arguments: { ...web1, server_address: '192.168.0.1:80' },
    ok: 'LVS Server web1 in service 10.0.0.1:80(tcp) is not present, so it cannot be removed',
  },
]);
