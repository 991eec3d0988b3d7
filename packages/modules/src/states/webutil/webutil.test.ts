import { describeState, type FakeProgram } from '@brine/testkit';
import { userAbsent } from './user-absent.ts';
import { userExists } from './user-exists.ts';

// A pretended htpasswd whose hash is the password backwards.
const htpasswd: FakeProgram = async ([letters = '', file = '', name = ''], machine, { input = '' }) => {
  const hash = Array.from(String(input)).toReversed().join('');
  const there = await machine.files.read(file);
  const lines = Buffer.from(there ?? '')
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  if (letters.includes('v')) return { exitCode: lines.includes(`${name}:${hash}`) ? 0 : 3 };
  if (there === undefined && !letters.includes('c')) return { exitCode: 1, stderr: 'no such file' };
  const others = lines.filter((line) => !line.startsWith(`${name}:`));
  const all = letters === '-D' ? others : [...others, `${name}:${hash}`];
  await machine.files.write(file, Buffer.from(all.map((line) => `${line}\n`).join('')));
  return { stderr: `${letters === '-D' ? 'Deleting' : 'Adding'} password for user ${name}\n` };
};
const before = { files: { '/etc/htpasswd': 'larry:terces\n' }, programs: { htpasswd } };
const file = { htpasswd_file: '/etc/htpasswd' };

describeState(userExists, [
  {
    title: 'makes the file with its first user',
    before: { programs: { htpasswd }, files: { '/etc': { directory: true } } },
    arguments: { name: 'larry', password: 'secret', ...file, options: 's' },
    pending: { comment: "User 'larry' is set to be added to htpasswd file", changes: { larry: true } },
    applied: { comment: 'Adding password for user larry' },
    after: { '/etc/htpasswd': 'larry:terces\n' },
  },
  {
    title: 'leaves a user alone whatever the password',
    before,
    arguments: { name: 'larry', password: 'other', ...file },
    ok: 'User already known',
  },
  {
    title: 'sees that the password is the same',
    before,
    arguments: { name: 'larry', password: 'secret', update: true, ...file },
    ok: 'User already known',
  },
  {
    title: 'changes a password',
    before,
    arguments: { name: 'larry', password: 'other', update: true, ...file },
    pending: { comment: "User 'larry' is set to be added to htpasswd file", changes: { larry: true } },
    applied: { comment: 'Adding password for user larry' },
    after: { '/etc/htpasswd': 'larry:rehto\n' },
  },
  {
    title: 'writes a user anew when it has to',
    before,
    arguments: { name: 'larry', password: 'secret', force: true, ...file },
    pending: { comment: "User 'larry' is set to be added to htpasswd file", changes: { larry: true } },
    applied: { comment: 'Adding password for user larry' },
    again: 'that is what force asks for',
  },
]);
describeState(userAbsent, [
  {
    title: 'removes a user',
    before,
    arguments: { name: 'larry', ...file },
    pending: { comment: "User 'larry' is set to be removed from htpasswd file", changes: { larry: true } },
    applied: { comment: 'Deleting password for user larry' },
    after: { '/etc/htpasswd': '' },
  },
  {
    title: 'knows that there is no such user',
    before,
    arguments: { name: 'moe', ...file },
    ok: 'User already not in file',
  },
]);
