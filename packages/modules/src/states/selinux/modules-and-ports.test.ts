import { describeState, type FakeProgram } from '@brine/testkit';
import { moduleInstall } from './module-install.ts';
import { moduleRemove } from './module-remove.ts';
import { module } from './module.ts';
import { portPolicyAbsent } from './port-policy-absent.ts';
import { portPolicyPresent } from './port-policy-present.ts';

// What the programs answer was taken from their manual pages on Fedora.
const semanage: FakeProgram = ([, verb = '', ...args], machine) => {
  const ports = machine.facts.get('ports') as Record<string, string>;
  const name = args.at(-1) ?? '';
  if (verb === '-l')
    return `SELinux Port Type              Proto    Port Number\n\n${Object.entries(ports)
      .map(([port, sel]) => `${sel}                    tcp      ${port}\n`)
      .join('')}`;
  const { [name]: _, ...others } = ports;
  const type = args[args.indexOf('--type') + 1] ?? '';
  machine.facts.set('ports', verb === '--delete' ? others : { ...others, [name]: type });
  return '';
};
const semodule: FakeProgram = ([option, name = ''], machine) => {
  const modules = machine.facts.get('modules') as Record<string, string>;
  if (option === '-lfull')
    return Object.entries(modules)
      .map(([one, state]) => `400 ${one}     pp ${state}\n`)
      .join('');
  const { [name]: _, ...others } = modules;
  const set: Record<string, Record<string, string>> = {
    '-i': { ...modules, app: '' },
    '-r': others,
    '-e': { ...others, [name]: '' },
    '-d': { ...others, [name]: 'disabled' },
  };
  machine.facts.set('modules', set[option ?? ''] ?? modules);
  return '';
};
const before = {
  programs: { semanage, semodule },
  facts: {
    ports: { '80, 443': 'http_port_t', 8080: 'http_cache_port_t' },
    modules: { base: '', old: 'disabled' },
  },
};

describeState(module, [
  {
    title: 'enables a module',
    before,
    arguments: { name: 'old' },
    pending: {
      comment: 'Module old is set to be toggled to Enabled',
      changes: { old: { old: 'disabled', new: 'enabled' } },
    },
    applied: { comment: 'Module old has been set to Enabled' },
  },
  {
    title: 'installs a module that is missing',
    before,
    surroundings: { served: { 'app/app.pp': 'policy' } },
    arguments: { name: 'app', install: true, source: 'salt://app/app.pp' },
    pending: { comment: 'Module salt://app/app.pp is set to be installed', changes: { app: 'Installed' } },
    applied: { comment: 'Module salt://app/app.pp has been installed' },
  },
  { title: 'knows a module', before, arguments: { name: 'base' }, ok: 'Module base is in the desired state' },
  {
    title: 'refuses to do both',
    before,
    arguments: { name: 'base', install: true, remove: true },
    fails: 'Cannot install and remove at the same time',
  },
  {
    title: 'refuses another state',
    before,
    arguments: { name: 'base', module_state: 'maybe' },
    fails: 'maybe is not a valid state for the base module.',
  },
]);
describeState(moduleInstall, [
  {
    title: 'fails without the package',
    before,
    arguments: { name: 'salt://none.pp' },
    fails: "Failed to install module salt://none.pp: Source file salt://none.pp not found in saltenv 'base'",
  },
]);
describeState(moduleRemove, [
  {
    title: 'removes a module',
    before,
    arguments: { name: 'old' },
    pending: { comment: 'Module old is set to be removed', changes: { old: 'Removed' } },
    applied: { comment: 'Module old has been removed' },
  },
]);
describeState(portPolicyPresent, [
  {
    title: 'adds a rule for a port',
    before,
    arguments: { name: 'tcp/8181', sel_type: 'http_port_t' },
    pending: {
      comment: 'SELinux policy for "tcp/8181" is set to be written',
      changes: { old: null, new: { sel_type: 'http_port_t', protocol: 'tcp', port: '8181' } },
    },
    applied: { comment: '' },
  },
  {
    title: 'changes the type of a port',
    before,
    arguments: { name: 'app', protocol: 'tcp', port: 8080, sel_type: 'http_port_t' },
    pending: {
      comment: 'SELinux policy for "app" is set to be written',
      changes: {
        old: { sel_type: 'http_cache_port_t', protocol: 'tcp', port: '8080' },
        new: { sel_type: 'http_port_t', protocol: 'tcp', port: '8080' },
      },
    },
    applied: { comment: '' },
  },
  {
    title: 'knows a port in a list',
    before,
    arguments: { name: 'tcp/443', sel_type: 'http_port_t' },
    ok: 'SELinux policy for "tcp/443" already present with specified sel_type "http_port_t", protocol "tcp" and port "443".',
  },
  {
    title: 'refuses what is no port',
    before,
    arguments: { name: 'app', sel_type: 'http_port_t' },
    fails: 'Invalid name "app" format and protocol and port not provided as arguments.',
  },
]);
describeState(portPolicyAbsent, [
  {
    title: 'removes a rule for a port',
    before,
    arguments: { name: 'tcp/8080' },
    pending: {
      comment: 'SELinux policy for "tcp/8080" is set to be removed',
      changes: { old: { sel_type: 'http_cache_port_t', protocol: 'tcp', port: '8080' }, new: null },
    },
    applied: { comment: '' },
  },
  {
    title: 'has nothing to do without a rule',
    before,
    arguments: { name: 'udp/53' },
    ok: 'SELinux policy for "udp/53" already absent with specified sel_type "None", protocol "udp" and port "53".',
  },
]);
