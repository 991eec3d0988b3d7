import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { append } from './append.ts';
import { chainAbsent } from './chain-absent.ts';
import { chainPresent } from './chain-present.ts';
import { deleteRule } from './delete.ts';
import { flush } from './flush.ts';
import { insert } from './insert.ts';
import { setPolicy } from './set-policy.ts';

type Chains = Readonly<Record<string, { readonly policy: string; readonly rules: readonly string[] }>>;

function chainsOf(machine: FakeHost): Chains {
  return machine.facts.get('chains') as Chains;
}

const save: FakeProgram = (_, machine) =>
  ['# now', '*filter']
    .concat(Object.entries(chainsOf(machine)).map(([name, { policy }]) => `:${name} ${policy} [0:0]`))
    .concat(Object.entries(chainsOf(machine)).flatMap(([name, { rules }]) => rules.map((rule) => `-A ${name} ${rule}`)))
    .concat('COMMIT', '')
    .join('\n');

type Chain = Chains[string];

const changes: Readonly<Record<string, (chain: Chain, words: readonly string[]) => Chain | undefined>> = {
  '-A': ({ policy, rules }, words) => ({ policy, rules: [...rules, words.join(' ')] }),
  '-I': ({ policy, rules }, [place = '1', ...words]) => ({
    policy,
    rules: rules.toSpliced(Number(place) - 1, 0, words.join(' ')),
  }),
  '-D': ({ policy, rules }, words) => ({ policy, rules: rules.filter((each) => each !== words.join(' ')) }),
  '-P': ({ rules }, [policy = '']) => ({ policy, rules }),
  '-F': ({ policy }) => ({ policy, rules: [] }),
  '-X': () => undefined,
};

/** Keeps rules of the filter table as the words they were given in. */
const iptables: FakeProgram = ([, , , verb = '', name = '', ...words], machine) => {
  const { [name]: chain, ...others } = chainsOf(machine);
  if (verb === '-N') machine.facts.set('chains', { ...others, [name]: { policy: '-', rules: [] } });
  if (verb === '-N') return '';
  if (chain === undefined) return { exitCode: 1, stderr: 'iptables: No chain/target/match by that name.\n' };
  if (verb === '-C') return { exitCode: chain.rules.includes(words.join(' ')) ? 0 : 1 };
  const changed = changes[verb]?.(chain, words);
  machine.facts.set('chains', changed === undefined ? others : { ...others, [name]: changed });
  return '';
};

const ssh = '-p tcp --dport 22 --jump ACCEPT';
const before = {
  programs: { iptables, 'iptables-save': save },
  facts: {
    chains: { INPUT: { policy: 'ACCEPT', rules: [ssh, '-i lo --jump ACCEPT'] }, empty: { policy: '-', rules: [] } },
  },
};
const surroundings = { grains: { os_family: 'Debian' } };
const rulesOf = (host: FakeHost): readonly string[] => chainsOf(host)['INPUT']?.rules ?? [];

function expectRules(wanted: readonly string[]): (host: FakeHost) => void {
  return (host) => {
    if (JSON.stringify(rulesOf(host)) !== JSON.stringify(wanted)) throw new Error(`it has ${rulesOf(host).join('\n')}`);
  };
}

const web = '-p tcp -m state --state NEW ! --dport 80 -m comment --comment "the web" --jump ACCEPT';
const command = (verb: string, rest: string): string => `/usr/bin/iptables --wait -t filter -${verb} INPUT ${rest}`;

describeState(append, [
  {
    title: 'writes the options of a rule in their order and saves all rules',
    before,
    surroundings,
    arguments: {
      ...{ name: 'web', chain: 'INPUT', jump: 'ACCEPT', comment: 'the web', dport: '!80', connstate: 'NEW' },
      ...{ protocol: 'tcp', save: true },
    },
    pending: {
      comment: `iptables rule for web needs to be set (${command('A', ` ${web}`)}) for ipv4`,
      changes: { locale: 'web' },
    },
    applied: {
      comment: `Set and saved iptables rule web for ipv4\n${command('A', ` ${web}`)}\nWrote 8 lines to "/etc/iptables/rules.v4"`,
    },
    verify: expectRules([ssh, '-i lo --jump ACCEPT', web.replaceAll('"', '').replace('the web', 'the web')]),
  },
  {
    title: 'leaves a rule that is there, but saves it when it was not',
    before,
    surroundings,
    arguments: { name: 'ssh', chain: 'INPUT', protocol: 'tcp', dport: 22, jump: 'ACCEPT', save: '/etc/rules' },
    pending: {
      comment: `iptables rule for ssh already set (${command('A', ` ${ssh}`)}) for ipv4\nThe rules are set to be saved to /etc/rules`,
      changes: { saved: '/etc/rules' },
    },
    applied: {
      comment: `iptables rule for ssh already set (${command('A', ` ${ssh}`)}) for ipv4\nSaved iptables rule ssh for ipv4\n${command('A', ` ${ssh}`)}\nWrote 7 lines to "/etc/rules"`,
    },
  },
  {
    title: 'takes several rules at once',
    before,
    surroundings,
    arguments: {
      name: 'all',
      rules: [
        { name: 'ssh', chain: 'INPUT', protocol: 'tcp', dport: 22, jump: 'ACCEPT' },
        { name: 'dns', chain: 'INPUT', protocol: 'udp', dports: [53, 5353], jump: 'ACCEPT' },
      ],
    },
    pending: {
      comment: [
        `iptables rule for ssh already set (${command('A', ` ${ssh}`)}) for ipv4`,
        `iptables rule for dns needs to be set (${command('A', ' -p udp -m multiport --dports 53,5353 --jump ACCEPT')}) for ipv4`,
      ].join('\n'),
      changes: { locale: ['dns'] },
    },
    applied: {
      comment: [
        `iptables rule for ssh already set (${command('A', ` ${ssh}`)}) for ipv4`,
        `Set iptables rule for dns to: ${command('A', ' -p udp -m multiport --dports 53,5353 --jump ACCEPT')} for ipv4`,
      ].join('\n'),
    },
  },
  {
    title: 'says why the program refuses',
    before,
    surroundings,
    arguments: { name: 'x', chain: 'NONE', jump: 'ACCEPT' },
    pending: {
      comment:
        'iptables rule for x needs to be set (/usr/bin/iptables --wait -t filter -A NONE  --jump ACCEPT) for ipv4',
      changes: { locale: 'x' },
    },
    applied: {
      comment:
        'Failed to set iptables rule for x.\nAttempted rule was /usr/bin/iptables --wait -t filter -A NONE  --jump ACCEPT for ipv4: /usr/bin/iptables ended with status 1: iptables: No chain/target/match by that name.',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'wants a protocol for several ports',
    before,
    arguments: { name: 'x', chain: 'INPUT', dports: [1, 2], jump: 'ACCEPT' },
    fails: 'Error: protocol must be specified',
  },
  {
    title: 'wants a chain',
    before,
    arguments: { name: 'x', jump: 'ACCEPT' },
    fails: 'Error: Chain needs to be specified',
  },
]);

describeState(insert, [
  {
    title: 'puts a rule before the last one',
    before,
    arguments: { name: 'web', chain: 'INPUT', position: -1, jump: 'DROP', source: '10.0.0.0/8' },
    pending: {
      comment: `iptables rule for web needs to be set for ipv4 (${command('I', '-1 --source 10.0.0.0/8 --jump DROP')})`,
      changes: { locale: 'web' },
    },
    applied: {
      comment: `Set iptables rule for web to: ${command('I', '-1 --source 10.0.0.0/8 --jump DROP')} for ipv4`,
    },
    verify: expectRules([ssh, '--source 10.0.0.0/8 --jump DROP', '-i lo --jump ACCEPT']),
  },
  {
    title: 'wants a place',
    before,
    arguments: { name: 'x', chain: 'INPUT', jump: 'ACCEPT' },
    fails: 'Error: Position needs to be specified or use append (-A)',
  },
]);

describeState(deleteRule, [
  {
    title: 'removes a rule',
    before,
    arguments: { name: 'ssh', chain: 'INPUT', proto: 'tcp', dport: 22, target: 'ACCEPT' },
    pending: {
      comment: `iptables rule for ssh needs to be deleted for ipv4 (${command('D', ` ${ssh}`)})`,
      changes: { locale: 'ssh' },
    },
    applied: { comment: `Delete iptables rule for ssh ${command('D', ` ${ssh}`)}` },
    verify: expectRules(['-i lo --jump ACCEPT']),
  },
  {
    title: 'has nothing to do without the rule',
    before,
    arguments: { name: 'x', chain: 'INPUT', jump: 'DROP' },
    ok: `iptables rule for x already absent for ipv4 (${command('D', ' --jump DROP')})`,
  },
]);

describeState(chainPresent, [
  {
    title: 'makes a chain',
    before,
    arguments: { name: 'logdrop' },
    pending: {
      comment: 'iptables logdrop chain in filter table needs to be set for ipv4',
      changes: { locale: 'logdrop' },
    },
    applied: { comment: 'iptables logdrop chain in filter table create success for ipv4' },
  },
]);

describeState(chainAbsent, [
  {
    title: 'removes a chain',
    before,
    arguments: { name: 'empty' },
    pending: { comment: 'iptables empty chain in filter table needs to be removed ipv4', changes: { locale: 'empty' } },
    applied: { comment: 'iptables empty chain in filter table delete success for ipv4' },
  },
]);

describeState(setPolicy, [
  {
    title: 'sets what becomes of the rest',
    before,
    arguments: { name: 'closed', chain: 'INPUT', policy: 'DROP' },
    pending: {
      comment: 'iptables default policy for chain INPUT on table filter for ipv4 needs to be set to DROP',
      changes: { locale: 'closed' },
    },
    applied: { comment: 'Set default policy for INPUT to DROP family ipv4' },
  },
]);

describeState(flush, [
  {
    title: 'empties a chain',
    before,
    arguments: { name: 'clean', chain: 'INPUT' },
    pending: {
      comment: 'iptables rules in clean table filter chain ipv4 family needs to be flushed',
      changes: { locale: 'clean' },
    },
    applied: { comment: 'Flush iptables rules in filter table INPUT chain ipv4 family' },
    verify: expectRules([]),
  },
  {
    title: 'has nothing to do for an empty chain',
    before,
    arguments: { name: 'clean', chain: 'empty' },
    ok: 'No iptables rules in filter table empty chain ipv4 family',
  },
]);
