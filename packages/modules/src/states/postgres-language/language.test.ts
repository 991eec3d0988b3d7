import { describeState, type FakeProgram } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const psql: FakeProgram = (args, machine, { input }) => {
  const sql = `${args.join(' ')} ${typeof input === 'string' ? input : ''}`;
  const languages = machine.facts.get('languages') as readonly string[];
  const made = /CREATE LANGUAGE "(\w+)"/.exec(sql)?.[1];
  if (made !== undefined) machine.facts.set('languages', [...languages, made]);
  const dropped = /DROP LANGUAGE "(\w+)"/.exec(sql)?.[1];
  if (dropped !== undefined)
    machine.facts.set(
      'languages',
      languages.filter((each) => each !== dropped),
    );
  const asked = /lanname = '(\w+)'/.exec(sql)?.[1];
  return asked !== undefined && languages.includes(asked) ? '1\n' : '';
};
const before = { programs: { psql }, facts: { languages: ['plpgsql'] } };

describeState(present, [
  {
    title: 'installs a language',
    before,
    arguments: { name: 'plperl', maintenance_db: 'shop' },
    pending: { comment: 'Language plperl is set to be installed', changes: { plperl: 'Present' } },
    applied: { comment: 'Language plperl has been installed' },
  },
  {
    title: 'knows a language',
    before,
    arguments: { name: 'plpgsql', maintenance_db: 'shop' },
    ok: 'Language plpgsql is already installed',
  },
]);
describeState(absent, [
  {
    title: 'removes a language',
    before,
    arguments: { name: 'plpgsql', maintenance_db: 'shop' },
    pending: { comment: 'Language plpgsql is set to be removed', changes: { plpgsql: 'Absent' } },
    applied: { comment: 'Language plpgsql has been removed' },
  },
  {
    title: 'has nothing to do',
    before,
    arguments: { name: 'plperl', maintenance_db: 'shop' },
    ok: 'Language plperl is not present so it cannot be removed',
  },
]);
