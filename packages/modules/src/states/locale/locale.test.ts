import { describeState, type FakeProgram } from '@brine/testkit';
import { present } from './present.ts';
import { system } from './system.ts';

const localeGen: FakeProgram = async (_, machine) => {
  const text = Buffer.from((await machine.files.read('/etc/locale.gen')) ?? '').toString();
  const made = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  machine.facts.set(
    'locales',
    made.map((line) => line.split(' ')[0]?.replace('UTF-8', 'utf8')),
  );
  return '';
};
const before = {
  files: {
    '/etc/locale.gen': '# de_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n',
    '/etc/default/locale': 'LANG="C"\nLC_TIME=C\n',
  },
  facts: { locales: ['en_US.utf8'] },
  programs: {
    locale: ((_, machine) => `C\n${(machine.facts.get('locales') as string[]).join('\n')}\n`) satisfies FakeProgram,
    'locale-gen': localeGen,
  },
};

describeState(present, [
  {
    title: 'makes a locale out of the commented list',
    before,
    arguments: { name: 'de_DE.UTF-8' },
    pending: { comment: 'Locale de_DE.UTF-8 needs to be generated', changes: { locale: 'de_DE.UTF-8' } },
    applied: { comment: 'Generated locale de_DE.UTF-8' },
    after: { '/etc/locale.gen': 'de_DE.UTF-8 UTF-8\nen_US.UTF-8 UTF-8\n' },
  },
  {
    title: 'knows a locale under its other name',
    before,
    arguments: { name: 'en_US.UTF-8 UTF-8' },
    ok: 'Locale en_US.UTF-8 UTF-8 is already present',
  },
]);
describeState(system, [
  {
    title: 'sets the locale of the machine',
    before,
    arguments: { name: 'en_US.UTF-8' },
    pending: { comment: 'System locale en_US.UTF-8 needs to be set', changes: { locale: 'en_US.UTF-8' } },
    applied: { comment: 'Set system locale en_US.UTF-8' },
    after: { '/etc/default/locale': 'LANG=en_US.UTF-8\nLC_TIME=C\n' },
  },
  { title: 'knows the locale that is set', before, arguments: { name: 'C' }, ok: 'System locale C already set' },
]);
