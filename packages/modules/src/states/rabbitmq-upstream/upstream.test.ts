import { describeState, type FakeProgram } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

type Parameters = Readonly<Record<string, unknown>>;

// As rabbitmqctl 3.10 answers: the value of a parameter is JSON within JSON.
const rabbitmqctl: FakeProgram = (args, machine) => {
  const all = machine.facts.get('upstreams') as Parameters;
  if (args.includes('list_parameters')) {
    const rows = Object.entries(all).map(([name, value]) => ({
      component: 'federation-upstream',
      name,
      value: JSON.stringify(value),
    }));
    return JSON.stringify(rows);
  }
  const [verb, , name = '', value = ''] = args;
  const rest = Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));
  machine.facts.set('upstreams', verb === 'clear_parameter' ? rest : { ...rest, [name]: JSON.parse(value) as unknown });
  return '';
};
const before = {
  programs: { rabbitmqctl },
  facts: { upstreams: { west: { uri: 'amqp://west', 'ack-mode': 'no-ack', 'max-hops': 2 } } },
};

describeState(present, [
  {
    title: 'makes an upstream',
    before,
    arguments: { name: 'east', uri: 'amqp://east', prefetch_count: 10, trust_user_id: true },
    pending: {
      comment: 'Upstream "east" would have been created.',
      changes: { old: null, new: { uri: 'amqp://east', 'prefetch-count': 10, 'trust-user-id': true } },
    },
    applied: { comment: 'Upstream "east" created.' },
  },
  {
    title: 'changes one, and takes away what is not described any more',
    before,
    arguments: { name: 'west', uri: 'amqp://west', ack_mode: 'on-confirm' },
    pending: {
      comment: 'Upstream "west" would have been updated.',
      changes: { old: { 'ack-mode': 'no-ack', 'max-hops': 2 }, new: { 'ack-mode': 'on-confirm' } },
    },
    applied: { comment: 'Upstream "west" updated.' },
  },
  {
    title: 'knows one',
    before,
    arguments: { name: 'west', uri: 'amqp://west', ack_mode: 'no-ack', max_hops: 2 },
    ok: 'Upstream "west" already present as specified.',
  },
]);
describeState(absent, [
  {
    title: 'removes one',
    before,
    arguments: { name: 'west' },
    pending: { comment: 'Upstream "west" would have been deleted.', changes: { old: 'west', new: null } },
    applied: { comment: 'Upstream "west" has been deleted.' },
  },
  { title: 'has nothing to do', before, arguments: { name: 'x' }, ok: 'The upstream "x" is already absent.' },
]);
