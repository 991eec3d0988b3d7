import { describeState, type FakeProgram } from '@brine/testkit';
import { join } from './join.ts';
import { joined } from './joined.ts';

const rabbitmqctl: FakeProgram = (args, machine) => {
  const nodes = machine.facts.get('nodes') as string[];
  if (args.includes('cluster_status')) return JSON.stringify({ running_nodes: nodes, disk_nodes: nodes });
  machine.facts.set('last', args.join(' '));
  if (args[0] !== 'join_cluster') return '';
  const node = args.at(-1) ?? '';
  if (node.endsWith('@away')) return { exitCode: 69, stderr: 'Error: unable to connect to node' };
  machine.facts.set('nodes', [...nodes, node]);
  return '';
};
const before = { programs: { rabbitmqctl }, facts: { nodes: ['rabbit@here'] } };

for (const state of [joined, join])
  describeState(state, [
    {
      title: 'joins a cluster and serves again',
      before,
      arguments: { name: 'cluster', host: 'other', ram_node: true },
      pending: { comment: 'Node is set to join cluster rabbit@other', changes: { old: '', new: 'rabbit@other' } },
      applied: { comment: 'Join cluster rabbit@other' },
      verify: (host) => {
        if (host.facts.get('last') !== 'start_app') throw new Error('the node does not serve');
      },
    },
    {
      title: 'serves what it had when it cannot join',
      before,
      arguments: { name: 'cluster', host: 'away' },
      pending: { comment: 'Node is set to join cluster rabbit@away', changes: { old: '', new: 'rabbit@away' } },
      applied: {
        comment: 'rabbitmqctl ended with status 69: Error: unable to connect to node',
        changes: {},
        failed: true,
      },
      verify: (host) => {
        if (host.facts.get('last') !== 'start_app') throw new Error('the node does not serve');
      },
    },
    {
      title: 'knows that it is in the cluster',
      before,
      arguments: { name: 'cluster', host: 'here' },
      ok: 'Already in cluster',
    },
    {
      title: 'refuses a name that is none of a node',
      before,
      arguments: { name: 'cluster', host: 'other; reboot' },
      fails: 'rabbit@other; reboot cannot be the name of a node',
    },
  ]);
