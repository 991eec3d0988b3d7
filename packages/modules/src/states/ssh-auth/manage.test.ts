import { describeState } from '@brine/testkit';
import { manage } from './manage.ts';

const [one, other, old] = ['AAAAB3NzaC1yc2EAAAAD1111', 'AAAAB3NzaC1yc2EAAAAD2222', 'AAAAB3NzaC1yc2EAAAAD3333'];
const file = '/root/.ssh/authorized_keys';
const before = { files: { [file]: `# keys\nssh-rsa ${one} me\nssh-rsa ${old} gone\n` } };

describeState(manage, [
  {
    title: 'adds what is missing and removes what is not wanted',
    before,
    arguments: { name: 'team', user: 'root', ssh_keys: [`ssh-rsa ${one} me`, other ?? ''] },
    pending: {
      comment: `${old} Key set for removal\nKey ${other} for user root is set to be added`,
      changes: { [old ?? '']: 'Key removed', [other ?? '']: 'New' },
    },
    applied: { comment: 'The keys of user root were changed' },
    after: { [file]: `# keys\nssh-rsa ${one} me\nssh-rsa ${other}\n` },
  },
  {
    title: 'has nothing to do when the keys are those',
    before: { files: { [file]: `ssh-rsa ${one}\n` } },
    arguments: { name: 'team', user: 'root', ssh_keys: [one ?? ''] },
    ok: `The authorized host key ${one} is already present for user root`,
  },
  {
    title: 'takes the keys of a file as well',
    before: { files: { [file]: `ssh-rsa ${one}\n` } },
    surroundings: { served: { 'keys/team': `ssh-rsa ${one}\nssh-rsa ${other} you\n` } },
    arguments: { name: 'team', user: 'root', ssh_keys: [one ?? ''], source: 'salt://keys/team' },
    pending: {
      comment: `Key ${other} for user root is set to be added`,
      changes: { [other ?? '']: 'New' },
    },
    applied: { comment: 'The keys of user root were changed' },
    after: { [file]: `ssh-rsa ${one}\nssh-rsa ${other} you\n` },
  },
  {
    title: 'misses the file of keys',
    before,
    arguments: { name: 'team', user: 'root', ssh_keys: [one ?? ''], source: 'salt://keys/none' },
    fails: 'Failed to add the ssh key. Source file salt://keys/none is missing',
  },
  {
    title: 'refuses what is no key',
    before,
    arguments: { name: 'team', user: 'root', ssh_keys: ['not a key'] },
    fails: 'Invalid public ssh key, most likely has spaces or invalid syntax',
  },
]);
