import { describeState, type FakeProgram } from '@brine/testkit';
import { boolean } from './boolean.ts';
import { fcontextPolicyAbsent } from './fcontext-policy-absent.ts';
import { fcontextPolicyApplied } from './fcontext-policy-applied.ts';
import { fcontextPolicyPresent } from './fcontext-policy-present.ts';
import { mode } from './mode.ts';

interface Policy {
  readonly state: string;
  readonly standard: string;
  readonly rules: readonly string[];
  readonly label: string;
}

const policy = (host: { readonly facts: Map<string, unknown> }): Policy => host.facts.get('policy') as Policy;
const set = (host: { readonly facts: Map<string, unknown> }, change: Partial<Policy>): void => {
  host.facts.set('policy', { ...policy(host), ...change });
};
const right = 'system_u:object_r:httpd_sys_content_t:s0';
const head = 'SELinux fcontext    type    Context\n\n';

const semanage: FakeProgram = ([what = '', how = '', ...words], machine) => {
  const { state, standard, rules } = policy(machine);
  if (what === 'boolean')
    return `SELinux boolean   State  Default Description\n\nhttpd_can_network_connect (${state.padEnd(4)},${standard.padStart(5)})  Allow it\n`;
  if (how === '-l') return `${head}${rules.map((rule) => `${rule}\n`).join('')}`;
  const name = words.at(-1) ?? '';
  const others = rules.filter((rule) => !rule.startsWith(`${name} `));
  const type = words[words.indexOf('--type') + 1] ?? '';
  set(machine, {
    rules: how === '--add' ? [...others, `${name}     all files    system_u:object_r:${type}:s0`] : others,
  });
  return '';
};
const setsebool: FakeProgram = (args, machine) => {
  const value = args.at(-1) ?? '';
  set(machine, args.includes('-P') ? { state: value, standard: value } : { state: value });
  return '';
};
const restorecon: FakeProgram = (args, machine) => {
  const { label } = policy(machine);
  if (label === right) return '';
  if (args.includes('-n')) return `Would relabel /srv/www from ${label} to ${right}\n`;
  set(machine, { label: right });
  return '';
};
const setenforce: FakeProgram = async ([value = ''], machine) => {
  await machine.files.write('/sys/fs/selinux/enforce', Buffer.from(value));
  return '';
};

const machine = (change: Partial<Policy> = {}, enforce = '0') => ({
  facts: {
    policy: {
      ...{ state: 'off', standard: 'off', label: 'unconfined_u:object_r:default_t:s0' },
      rules: ['/srv/old(/.*)?     all files    system_u:object_r:default_t:s0'],
      ...change,
    },
  },
  files: {
    '/sys/fs/selinux/enforce': enforce,
    '/etc/selinux/config': '# mode\nSELINUX=permissive\nSELINUXTYPE=targeted\n',
  },
  programs: { semanage, setsebool, restorecon, setenforce },
});
const name = 'httpd_can_network_connect';

describeState(boolean, [
  {
    title: 'puts a boolean on, now and after a restart',
    before: machine(),
    arguments: { name, value: true, persist: true },
    pending: {
      comment: `Boolean ${name} is set to be changed to on`,
      changes: { State: { old: 'off', new: 'on' }, Default: { old: 'off', new: 'on' } },
    },
    applied: { comment: `Boolean ${name} has been set to on` },
  },
  {
    title: 'has nothing to do now, whatever comes after a restart',
    before: machine({ state: 'on' }),
    arguments: { name, value: 'on' },
    ok: 'Boolean is in the correct state',
  },
  {
    title: 'refuses a word that is no value',
    before: machine(),
    arguments: { name, value: 'maybe' },
    fails: 'maybe is not a valid value for the boolean',
  },
  {
    title: 'knows the booleans there are',
    before: machine(),
    arguments: { name: 'nope', value: 'on' },
    fails: 'Boolean nope is not available',
  },
]);
describeState(mode, [
  {
    title: 'enforces, now and after a restart',
    before: machine(),
    arguments: { name: 'enforcing' },
    pending: {
      comment: 'SELinux mode is set to be changed to Enforcing',
      changes: { old: 'Permissive', new: 'Enforcing' },
    },
    applied: { comment: 'SELinux has been set to Enforcing mode' },
    after: {
      '/sys/fs/selinux/enforce': '1',
      '/etc/selinux/config': '# mode\nSELINUX=enforcing\nSELINUXTYPE=targeted\n',
    },
  },
  {
    title: 'writes what the file says differently',
    before: machine({}, '1'),
    arguments: { name: 'enforcing' },
    pending: {
      comment: 'SELinux mode is set to be changed to Enforcing',
      changes: { old: 'Permissive', new: 'Enforcing' },
    },
    applied: { comment: 'SELinux has been set to Enforcing mode' },
  },
  {
    title: 'has nothing to do',
    before: machine(),
    arguments: { name: 'permissive' },
    ok: 'SELinux is already in Permissive mode',
  },
  {
    title: 'refuses another word',
    before: machine(),
    arguments: { name: 'strict' },
    fails: 'strict is not an accepted mode',
  },
]);
const www = '/srv/www(/.*)?';
const rule = `${www}     all files    ${right}`;
describeState(fcontextPolicyPresent, [
  {
    title: 'adds a rule',
    before: machine(),
    arguments: { name: www, sel_type: 'httpd_sys_content_t' },
    pending: {
      comment: '',
      changes: { old: {}, new: { [www]: { filetype: 'all files', sel_type: 'httpd_sys_content_t' } } },
    },
  },
  {
    title: 'knows a rule that is there',
    before: machine({ rules: [rule] }),
    arguments: { name: www, sel_type: 'httpd_sys_content_t' },
    ok: `SELinux policy for "${www}" already present with specified filetype "all files" and sel_type "httpd_sys_content_t".`,
  },
]);
describeState(fcontextPolicyAbsent, [
  {
    title: 'removes a rule of any type',
    before: machine({ rules: [rule] }),
    arguments: { name: www },
    pending: {
      comment: '',
      changes: {
        old: {
          [www]: {
            ...{ filespec: www, filetype: 'all files', sel_user: 'system_u', sel_role: 'object_r' },
            ...{ sel_type: 'httpd_sys_content_t', sel_level: 's0' },
          },
        },
        new: {},
      },
    },
  },
  {
    title: 'knows that there is none',
    before: machine(),
    arguments: { name: www },
    ok: `SELinux policy for "${www}" already absent with specified filetype "a" and sel_type "None".`,
  },
]);
describeState(fcontextPolicyApplied, [
  {
    title: 'labels files anew',
    before: machine(),
    arguments: { name: '/srv/www', recursive: true },
    pending: {
      comment: '',
      changes: {
        '/srv/www': {
          old: { sel_user: 'unconfined_u', sel_type: 'default_t' },
          new: { sel_user: 'system_u', sel_type: 'httpd_sys_content_t' },
        },
      },
    },
  },
  {
    title: 'has nothing to do',
    before: machine({ label: right }),
    arguments: { name: '/srv/www' },
    ok: 'SElinux policies are already applied for filespec "/srv/www"',
  },
]);
