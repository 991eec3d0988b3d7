import { describeState, type FakeProgram } from '@brine/testkit';
import { gemsetPresent } from './gemset-present.ts';
import { installed } from './installed.ts';

const path = '/usr/local/rvm/bin/rvm';
interface Rubies {
  readonly installed: readonly string[];
  readonly standard: string;
  readonly sets: readonly string[];
}

// A pretended rvm that keeps names of Rubies and sets.
const rvm: FakeProgram = (args, machine) => {
  const rubies = machine.facts.get('rubies') as Rubies;
  const words = args.join(' ');
  if (words === 'list')
    return rubies.installed.map((ruby) => ` ${ruby === rubies.standard ? '*' : ' '} ${ruby} [ x86_64 ]\n`).join('');
  if (words.endsWith('gemset list'))
    return `\ngemsets for x\n   (default)\n${rubies.sets.map((set) => `   ${set}\n`).join('')}`;
  const name = args.at(-1) ?? '';
  const change =
    args[0] === 'install'
      ? { installed: [...rubies.installed, args[1] ?? ''] }
      : args[0] === 'alias'
        ? { standard: name }
        : { sets: [...rubies.sets, name] };
  machine.facts.set('rubies', { ...rubies, ...change });
  return '';
};
const bash: FakeProgram = async ([, channel], machine, { input }) => {
  if (String(input) !== '#!installer' || channel !== 'stable') return { exitCode: 1 };
  await machine.files.write(path, Buffer.from('#!'));
  return '';
};
const machine = (rubies: Partial<Rubies> = {}, isThere = true) => ({
  facts: { rubies: { installed: ['ruby-3.2.2-p53'], standard: 'ruby-3.2.2-p53', sets: ['global'], ...rubies } },
  files: isThere ? { [path]: { text: '#!', mode: 0o755 } } : { '/usr/local/rvm/bin': { directory: true as const } },
  programs: { rvm, bash },
});

describeState(installed, [
  {
    title: 'installs a Ruby and makes it the default',
    before: machine(),
    arguments: { name: 'ruby-3.3.0', default: true },
    pending: { comment: 'Ruby ruby-3.3.0 is set to be installed', changes: { 'ruby-3.3.0': 'Installed' } },
    applied: { comment: 'Successfully installed ruby.' },
  },
  {
    title: 'installs RVM first where there is none',
    before: machine({}, false),
    surroundings: {
      served: { 'https://raw.githubusercontent.com/rvm/rvm/master/binscripts/rvm-installer': '#!installer' },
    },
    arguments: { name: 'ruby-3.3.0' },
    pending: { comment: 'Ruby ruby-3.3.0 is set to be installed', changes: { 'ruby-3.3.0': 'Installed' } },
    applied: { comment: 'Successfully installed ruby.' },
    verify: async (host) => {
      if ((await host.files.stat(path)) === undefined) throw new Error('RVM is not there');
    },
  },
  {
    title: 'knows a Ruby without its patch level',
    before: machine(),
    arguments: { name: 'ruby-3.2.2' },
    ok: 'Requested ruby exists.',
  },
  {
    title: 'makes a Ruby that is there the default',
    before: machine({ standard: 'none' }),
    arguments: { name: 'ruby-3.2.2-p53', default: true },
    pending: { comment: 'Ruby ruby-3.2.2-p53 is set to be installed', changes: { 'ruby-3.2.2-p53': 'default' } },
    applied: { comment: 'Requested ruby exists.' },
  },
]);
describeState(gemsetPresent, [
  {
    title: 'makes a set',
    before: machine(),
    arguments: { name: 'web' },
    pending: { comment: 'Set to install gemset web', changes: { web: 'created' } },
    applied: { comment: 'Gemset successfully created.' },
  },
  { title: 'knows a set', before: machine(), arguments: { name: '3.2.2@global' }, ok: 'Gemset already exists.' },
  {
    title: 'misses the Ruby of a set',
    before: machine(),
    arguments: { name: '1.9.3@web' },
    fails: 'Requested ruby implementation was not found.',
  },
  { title: 'misses RVM', before: machine({}, false), arguments: { name: 'web' }, fails: 'RVM is not installed.' },
]);
