import { describeState, type FakeProgram } from '@brine/testkit';
import { managed } from '../virtualenv/managed.ts';
import { installed } from './installed.ts';
import { removed } from './removed.ts';

type Packages = Readonly<Record<string, string>>;

/** A pip that installs what it is asked for from an index that has versions 1.0 and 2.0 of everything but `none`. */
const pip: FakeProgram = async (args, machine) => {
  const packages = machine.facts.get('pip') as Packages;
  const [verb] = args;
  if (verb === 'list')
    return Object.entries(packages)
      .map(([name, version]) => `${name}==${version}\n`)
      .join('');
  if (verb === 'index') return 'x (2.0)\nAvailable versions: 2.0, 1.0\n';
  const files = args.filter((word) => word.startsWith('--requirement=')).map((word) => word.split('=')[1] ?? '');
  const texts = await Promise.all(files.map(async (file) => (await machine.files.read(file)) ?? ''));
  const text = texts.map((bytes) => Buffer.from(bytes).toString()).join('');
  const words = [
    ...args.slice(1).filter((word) => !word.startsWith('-')),
    ...text.split('\n').filter((line) => line !== ''),
  ];
  if (words.includes('none')) return { exitCode: 1, stderr: 'ERROR: No matching distribution found for none\n' };
  const names = words.map((word) => word.split(/[<>= ]+/)) as [string, string?][];
  if (verb === 'uninstall')
    machine.facts.set('pip', Object.fromEntries(Object.entries(packages).filter(([one]) => one !== names[0]?.[0])));
  else
    machine.facts.set('pip', {
      ...packages,
      ...Object.fromEntries(names.map(([name, version]) => [name, version ?? '2.0'])),
    });
  return '';
};
const before = { facts: { pip: { Jinja2: '1.0', requests: '2.0' } }, programs: { pip3: pip, pip } };

describeState(installed, [
  {
    title: 'installs what is missing or too old',
    before,
    arguments: { name: 'all', pkgs: ['jinja2 >= 1.5', 'requests', 'flask==1.0'] },
    pending: {
      comment: 'Python package(s) set to be installed:\njinja2 >= 1.5\nflask==1.0',
      changes: { 'jinja2 >= 1.5': 'Installed', 'flask==1.0': 'Installed' },
    },
    applied: {
      comment: 'Python package requests was already installed\nAll packages were successfully installed',
      changes: { 'jinja2==1.5': 'Installed', 'flask==1.0': 'Installed' },
    },
  },
  {
    title: 'refuses what is no requirement, as pip would',
    before,
    arguments: { name: 'all', pkgs: ['flask', 'x == 1.0 == 2'] },
    fails: "pip raised an exception while parsing 'x == 1.0 == 2': Invalid requirement: 'x == 1.0 == 2'",
  },
  {
    title: 'knows that one sign too few is meant',
    before,
    arguments: { name: 'x[a]=1.0' },
    fails: "Invalid version specification in package x[a]=1.0. '=' is not supported, use '==' instead.",
  },
  {
    title: 'leaves places of packages to pip',
    before,
    arguments: { name: 'git+https://example.org/x.git@1=2' },
    pending: {
      comment: 'Python package git+https://example.org/x.git@1=2 is set to be installed',
      changes: { 'git+https://example.org/x.git@1=2': 'Installed' },
    },
    applied: {
      comment: 'All packages were successfully installed',
      changes: { 'git+https://example.org/x.git@1=2==???': 'Installed' },
    },
    again: 'pip alone knows which package a place holds',
  },
  {
    title: 'knows a package under any of its spellings',
    before,
    arguments: { name: 'jinja2' },
    ok: 'Python package jinja2 was already installed\nAll specified packages are already installed',
  },
  {
    title: 'upgrades to the newest version that fits',
    before,
    arguments: { name: 'Jinja2', upgrade: true },
    pending: { comment: 'Python package Jinja2 is set to be installed', changes: { Jinja2: 'Installed' } },
    applied: { comment: 'All packages were successfully installed', changes: { 'Jinja2==2.0': 'Installed' } },
  },
  {
    title: 'says what pip complained about',
    before,
    arguments: { name: 'none' },
    pending: { comment: 'Python package none is set to be installed', changes: { none: 'Installed' } },
    applied: {
      comment:
        'Failed to install packages: none. Error: /usr/bin/pip3 ended with status 1: ERROR: No matching distribution found for none',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'processes a requirements file until it is met',
    before,
    surroundings: { served: { 'req.txt': 'requests==2.0\nflask==1.0\n' } },
    arguments: { name: 'all', requirements: 'salt://req.txt' },
    pending: { comment: "Requirements file 'salt://req.txt' will be processed.", changes: { requirements: true } },
    applied: { comment: 'Successfully processed requirements file salt://req.txt.' },
  },
  {
    title: 'processes several requirements files at once',
    before,
    surroundings: { served: { 'one.txt': 'flask==1.0\n', 'two.txt': 'click==2.0\n' } },
    arguments: { name: 'all', requirements: ['salt://one.txt', 'salt://two.txt'] },
    pending: {
      comment: "Requirements file '['salt://one.txt', 'salt://two.txt']' will be processed.",
      changes: { requirements: true },
    },
    applied: { comment: "Successfully processed requirements file ['salt://one.txt', 'salt://two.txt']." },
  },
  {
    title: 'takes no option for a package',
    before,
    arguments: { name: '--index-url=x' },
    fails: 'The name --index-url=x cannot be that of a Python package',
  },
]);
describeState(removed, [
  {
    title: 'removes a package',
    before,
    arguments: { name: 'requests' },
    pending: { comment: 'Package requests is set to be removed', changes: { requests: 'Removed' } },
    applied: { comment: 'Package was successfully removed.' },
  },
  {
    title: 'has nothing to do without the package',
    before,
    arguments: { name: 'flask' },
    ok: 'Package is not installed.',
  },
]);

const virtualenv: FakeProgram = async (args, machine) => {
  await machine.files.makeDirectory(`${args.at(-1) ?? ''}/bin`, { parents: true });
  await machine.files.write(`${args.at(-1) ?? ''}/bin/python`, Buffer.from(''));
  return '';
};
const programs = { ...before.programs, virtualenv, python: () => 'Python 3.11.2\n' };

describeState(managed, [
  {
    title: 'makes an environment and installs its packages',
    before: { ...before, programs },
    arguments: { name: '/srv/venv', pip_pkgs: ['flask'] },
    pending: { comment: 'Virtualenv /srv/venv is set to be created', changes: { new: '/srv/venv', packages: true } },
    applied: {
      comment: 'Created new virtualenv',
      changes: { new: 'Python 3.11.2', packages: { new: ['flask==2.0'], old: '' } },
    },
  },
  {
    title: 'installs packages that an environment lacks',
    before: { ...before, programs, files: { '/srv/venv/bin/python': '' } },
    surroundings: { served: { 'req.txt': 'flask==1.0\n' } },
    arguments: { name: '/srv/venv', requirements: 'salt://req.txt' },
    pending: {
      comment: 'Virtualenv /srv/venv is already created, its packages are set to be installed',
      changes: { packages: true },
    },
    applied: { comment: 'virtualenv exists', changes: { packages: { new: ['flask==1.0'], old: '' } } },
  },
  {
    title: 'has nothing to do for an environment that is there',
    before: { ...before, programs, files: { '/srv/venv/bin/python': '' } },
    arguments: { name: '/srv/venv' },
    ok: 'Virtualenv /srv/venv is already created',
  },
]);
