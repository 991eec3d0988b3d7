import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { disabled } from '../rabbitmq-plugin/disabled.ts';
import { enabled } from '../rabbitmq-plugin/enabled.ts';
import { absent as policyAbsent } from '../rabbitmq-policy/absent.ts';
import { present as policyPresent } from '../rabbitmq-policy/present.ts';
import { absent as vhostAbsent } from '../rabbitmq-vhost/absent.ts';
import { present as vhostPresent } from '../rabbitmq-vhost/present.ts';
import { absent } from './absent.ts';
import { present } from './present.ts';

interface User {
  readonly password: string;
  readonly tags: readonly string[];
  readonly perms: readonly Readonly<Record<string, string>>[];
}

type Users = Readonly<Record<string, User>>;
type Named = readonly Readonly<Record<string, unknown>>[];

function usersOf(machine: FakeHost): Users {
  return machine.facts.get('users') as Users;
}

function setUser(machine: FakeHost, name: string, changed: Partial<User>): string {
  const old = usersOf(machine)[name] ?? { password: '', tags: [], perms: [] };
  machine.facts.set('users', { ...usersOf(machine), [name]: { ...old, ...changed } });
  return '';
}

const lists: Readonly<Record<string, (machine: FakeHost, words: readonly string[]) => unknown>> = {
  list_users: (machine) => Object.entries(usersOf(machine)).map(([user, { tags }]) => ({ user, tags })),
  list_user_permissions: (machine, [name = '']) => usersOf(machine)[name]?.perms ?? [],
  list_vhosts: (machine) => machine.facts.get('vhosts'),
  list_policies: (machine) => machine.facts.get('policies'),
};

const verbs: Readonly<Record<string, (machine: FakeHost, words: readonly string[], input: string) => string>> = {
  add_user: (machine, [name = ''], input) => setUser(machine, name, { password: input.trim() }),
  change_password: (machine, [name = ''], input) => setUser(machine, name, { password: input.trim() }),
  set_user_tags: (machine, [name = '', ...tags]) => setUser(machine, name, { tags }),
  set_permissions: (machine, [, vhost = '', name = '', configure = '', write = '', read = '']) =>
    setUser(machine, name, { perms: [{ vhost, configure, write, read }] }),
  delete_user: (machine, [name = '']) => {
    machine.facts.set('users', Object.fromEntries(Object.entries(usersOf(machine)).filter(([each]) => each !== name)));
    return '';
  },
  add_vhost: (machine, [name = '']) => {
    machine.facts.set('vhosts', [...(machine.facts.get('vhosts') as Named), { name }]);
    return `Adding vhost "${name}" ...\n`;
  },
  delete_vhost: (machine, [name = '']) => {
    machine.facts.set(
      'vhosts',
      (machine.facts.get('vhosts') as Named).filter((each) => each['name'] !== name),
    );
    return `Deleting vhost "${name}" ...\n`;
  },
  set_policy: (machine, words) => {
    const [name, pattern, definition] = words.slice(-3);
    const policy = { vhost: '/', name, pattern, 'apply-to': words[5] ?? 'all', definition, priority: Number(words[3]) };
    machine.facts.set('policies', [policy]);
    return 'Setting policy ...\n';
  },
  clear_policy: (machine) => {
    machine.facts.set('policies', []);
    return '';
  },
};

/** A broker of few words. */
const rabbitmqctl: FakeProgram = (args, machine, { input }) => {
  const [verb = '', ...words] = args.filter((word) => !['--quiet', '--formatter=json'].includes(word));
  if (verb === 'authenticate_user')
    return { exitCode: usersOf(machine)[words[0] ?? '']?.password === String(input).trim() ? 0 : 65 };
  const list = lists[verb];
  if (list !== undefined) return JSON.stringify(list(machine, words));
  return verbs[verb]?.(machine, words, String(input ?? '')) ?? { exitCode: 64, stderr: 'Error: what?\n' };
};

const plugins: FakeProgram = ([verb = '', name = ''], machine) => {
  const on = machine.facts.get('plugins') as readonly string[];
  if (verb === 'list') return `${on.join('\n')}\n`;
  machine.facts.set('plugins', verb === 'enable' ? [...on, name] : on.filter((each) => each !== name));
  return '';
};

const before = {
  programs: { rabbitmqctl, 'rabbitmq-plugins': plugins },
  facts: {
    users: {
      shop: {
        password: 'secret',
        tags: ['monitoring'],
        perms: [{ vhost: '/', configure: '.*', write: '.*', read: '.*' }],
      },
    },
    vhosts: [{ name: '/' }],
    policies: [{ vhost: '/', name: 'old', pattern: 'x', 'apply-to': 'all', definition: '{"expires":1}', priority: 0 }],
    plugins: ['rabbitmq_shovel'],
  },
};

describeState(present, [
  {
    title: 'makes an account with tags and rights; its password is on no command line',
    before,
    arguments: { name: 'new', password: 'pw', tags: 'administrator ops', perms: [{ '/': ['a', 'b', 'c'] }] },
    pending: {
      comment: "User 'new' is set to be created.",
      changes: {
        user: { old: '', new: 'new' },
        tags: { old: [], new: ['administrator', 'ops'] },
        perms: { new: { '/': { configure: 'a', write: 'b', read: 'c' } } },
      },
    },
    applied: { comment: "'new' was configured." },
    verify: (host) => {
      if (host.started.some(({ command }) => JSON.stringify(command).includes('"pw"'))) throw new Error('it is seen');
    },
  },
  {
    title: 'changes what differs',
    before,
    arguments: { name: 'shop', password: 'other', tags: [], perms: [{ '/': ['.*', '.*', ''] }] },
    pending: {
      comment: "Configuration for 'shop' will change.",
      changes: {
        password: { old: '', new: 'Set password.' },
        tags: { old: ['monitoring'], new: [] },
        perms: {
          old: { configure: '.*', write: '.*', read: '.*' },
          new: { '/': { configure: '.*', write: '.*', read: '' } },
        },
      },
    },
    applied: { comment: "'shop' was configured." },
  },
  {
    title: 'has nothing to do for an account whose password fits',
    before,
    arguments: { name: 'shop', password: 'secret' },
    ok: "User 'shop' is already present.",
  },
  {
    title: 'has nothing to do for an account as it should be',
    before,
    arguments: { name: 'shop', tags: ['monitoring'], perms: [{ '/': ['.*', '.*', '.*'] }] },
    ok: "'shop' is already in the desired state.",
  },
  {
    title: 'wants three patterns',
    before,
    arguments: { name: 'shop', perms: [{ '/': ['.*'] }] },
    fails: 'perms of / has to have three patterns: configure, write, read',
  },
]);

describeState(absent, [
  {
    title: 'removes an account',
    before,
    arguments: { name: 'shop' },
    pending: { comment: "The user 'shop' will be removed.", changes: { name: { old: 'shop', new: '' } } },
    applied: { comment: "The user 'shop' was removed." },
  },
  { title: 'has nothing to do without it', before, arguments: { name: 'x' }, ok: "The user 'x' is not present." },
]);

describeState(vhostPresent, [
  {
    title: 'makes a virtual host',
    before,
    arguments: { name: 'shop' },
    pending: { comment: "Virtual Host 'shop' will be created.", changes: { old: '', new: 'shop' } },
    applied: { comment: 'Adding vhost "shop" ...' },
  },
]);

describeState(vhostAbsent, [
  {
    title: 'removes a virtual host',
    before,
    arguments: { name: '/' },
    pending: { comment: "Virtual Host '/' will be removed.", changes: { old: '/', new: '' } },
    applied: { comment: 'Deleting vhost "/" ...' },
  },
]);

describeState(policyPresent, [
  {
    title: 'changes a policy',
    before,
    arguments: { name: 'old', pattern: 'y', definition: '{"expires": 2}', apply_to: 'queues' },
    pending: {
      comment: 'Policy / old is set to be updated',
      changes: {
        old: { name: 'old', pattern: 'x', definition: '{"expires":1}', 'apply-to': 'all', priority: 0 },
        new: ['Pattern', 'Definition', 'Applyto'],
      },
    },
    applied: { comment: 'Setting policy ...' },
  },
  {
    title: 'leaves a policy that says the same',
    before,
    arguments: { name: 'old', pattern: 'x', definition: '{ "expires": 1 }' },
    ok: 'Policy / old is already present',
  },
  {
    title: 'refuses what is no JSON',
    before,
    arguments: { name: 'old', pattern: 'x', definition: '{' },
    fails: 'The definition of policy old is no JSON: {',
  },
]);

describeState(policyAbsent, [
  {
    title: 'removes a policy',
    before,
    arguments: { name: 'old' },
    pending: { comment: "Policy '/ old' will be removed.", changes: { new: '', old: 'old' } },
    applied: { comment: 'Deleted' },
  },
]);

describeState(enabled, [
  {
    title: 'enables a plugin',
    before,
    arguments: { name: 'rabbitmq_management' },
    pending: {
      comment: "Plugin 'rabbitmq_management' is set to be enabled.",
      changes: { old: '', new: 'rabbitmq_management' },
    },
    applied: { comment: "Plugin 'rabbitmq_management' was enabled." },
  },
]);

describeState(disabled, [
  {
    title: 'disables a plugin',
    before,
    arguments: { name: 'rabbitmq_shovel' },
    pending: {
      comment: "Plugin 'rabbitmq_shovel' is set to be disabled.",
      changes: { old: 'rabbitmq_shovel', new: '' },
    },
    applied: { comment: "Plugin 'rabbitmq_shovel' was disabled." },
  },
]);
