import { describeState, type FakeHost, type FakeProgram } from '@brine/testkit';
import { auto } from './auto.ts';
import { install } from './install.ts';
import { remove } from './remove.ts';
import { set } from './set.ts';

type Choices = Readonly<Record<string, number>>;

function choicesOf(machine: FakeHost): Choices {
  return (machine.facts.get('choices') ?? {}) as Choices;
}

function best(choices: Choices): string {
  return Object.entries(choices).toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

function query(name: string, machine: FakeHost): ReturnType<FakeProgram> {
  const choices = choicesOf(machine);
  if (Object.keys(choices).length === 0) return { exitCode: 2 };
  const manual = String(machine.facts.get('manual'));
  const rows = Object.entries(choices).map(([one, rank]) => `\nAlternative: ${one}\nPriority: ${rank}\n`);
  const value = manual === '' ? best(choices) : manual;
  const status = manual === '' ? 'auto' : 'manual';
  return `Name: ${name}\nLink: /usr/bin/${name}\nStatus: ${status}\nValue: ${value}\n${rows.join('')}`;
}

const program: FakeProgram = ([verb = '', ...args], machine) => {
  if (verb === '--query') return query(args[0] ?? '', machine);
  if (verb === '--set') machine.facts.set('manual', args[1]);
  if (verb === '--auto') machine.facts.set('manual', '');
  if (verb === '--install') machine.facts.set('choices', { ...choicesOf(machine), [args[2] ?? '']: Number(args[3]) });
  if (verb === '--remove') removeChoice(args[1] ?? '', machine);
  return '';
};

function removeChoice(path: string, machine: FakeHost): void {
  const left = Object.entries(choicesOf(machine)).filter(([one]) => one !== path);
  machine.facts.set('choices', Object.fromEntries(left));
  if (machine.facts.get('manual') === path) machine.facts.set('manual', '');
}

const before = {
  programs: { 'update-alternatives': program },
  facts: { choices: { '/bin/ed': 1, '/usr/bin/vim': 50 }, manual: '/bin/ed' },
};

describeState(auto, [
  {
    title: 'goes back to the automatic choice',
    before,
    arguments: { name: 'editor' },
    pending: { comment: 'editor will be put in auto mode', changes: { result: 'editor' } },
    applied: { comment: 'editor is in auto mode' },
  },
]);
describeState(install, [
  {
    title: 'registers a path',
    before,
    arguments: { name: 'editor', link: '/usr/bin/editor', path: '/bin/nano', priority: 20 },
    pending: {
      comment: 'Alternative will be set for editor to /bin/nano with priority 20',
      changes: { name: 'editor', link: '/usr/bin/editor', path: '/bin/nano', priority: 20 },
    },
    applied: { comment: 'Alternative for editor set to path /bin/nano with priority 20' },
  },
  {
    title: 'knows a path that is registered',
    before,
    arguments: { name: 'editor', link: '/usr/bin/editor', path: '/bin/ed', priority: 1 },
    ok: 'Alternative /bin/ed for editor is already registered',
  },
]);
describeState(remove, [
  {
    title: 'takes a path away and says what is chosen now',
    before,
    arguments: { name: 'editor', path: '/bin/ed' },
    pending: { comment: 'Alternative for editor will be removed', changes: { path: '/bin/ed' } },
    applied: {
      comment: 'Alternative for editor removed. Falling back to path /usr/bin/vim',
      changes: { path: '/usr/bin/vim' },
    },
  },
  {
    title: 'has nothing to do without the path',
    before,
    arguments: { name: 'editor', path: '/bin/joe' },
    ok: "Alternative for editor is set to it's default path /bin/ed",
  },
]);
describeState(set, [
  {
    title: 'chooses a path',
    before,
    arguments: { name: 'editor', path: '/usr/bin/vim' },
    pending: { comment: 'Alternative for editor will be set to path /usr/bin/vim', changes: { path: '/usr/bin/vim' } },
    applied: { comment: 'Alternative for editor set to path /usr/bin/vim' },
  },
  {
    title: 'cannot choose what is not registered by then',
    before,
    arguments: { name: 'editor', path: '/bin/joe' },
    pending: { comment: 'Alternative for editor will be set to path /bin/joe', changes: { path: '/bin/joe' } },
    applied: { comment: "Alternative /bin/joe for editor doesn't exist", changes: {}, failed: true },
  },
]);
