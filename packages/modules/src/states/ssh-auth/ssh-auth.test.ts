import { describeState } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const one = 'AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3';
const two = 'AAAAC3NzaC1lZDI1NTE5AAAAIDa3NW9oQLEHuZZgjeoqtp7jSYYxpzEMuceXQxxO2Cp/';
const file = '/root/.ssh/authorized_keys';
const before = { files: { [file]: { text: `# staff\nssh-ed25519 ${one} old\n`, mode: 0o600 } } };

describeState(present, [
  {
    title: 'changes comment and options of a key that is there',
    before,
    arguments: { name: `no-pty,command="a, b" ssh-ed25519 ${one} new`, user: 'root' },
    pending: { comment: `Key ${one} for user root is set to be updated`, changes: { [one]: 'Updated' } },
    applied: { comment: `The authorized host key ${one} for user root was updated` },
    after: { [file]: { text: `# staff\nno-pty,command="a, b" ssh-ed25519 ${one} new\n`, mode: 0o600 } },
  },
  {
    title: 'adds the keys of a file',
    before,
    surroundings: { served: { 'keys.pub': `ssh-ed25519 ${one} old\nssh-ed25519 ${two} ops\n` } },
    arguments: { name: 'ops keys', user: 'root', source: 'salt://keys.pub' },
    pending: { comment: `Set to add: ${two}`, changes: { [two]: 'New' } },
    applied: { comment: `The authorized host key ${two} for user root was added` },
    after: { [file]: `# staff\nssh-ed25519 ${one} old\nssh-ed25519 ${two} ops\n` },
  },
  {
    title: 'needs the account by the time it applies',
    arguments: { name: one, user: 'none', enc: 'ed25519' },
    pending: { comment: `Key ${one} for user none is set to be added`, changes: { [one]: 'New' } },
    applied: {
      comment: 'Failed to add the ssh key. Is the home directory available, and/or does the key file exist?',
      changes: {},
      failed: true,
    },
  },
]);
describeState(absent, [
  {
    title: 'takes a key away and leaves the rest',
    before,
    arguments: { name: one, user: 'root' },
    pending: { comment: `Key ${one} for user root is set for removal`, changes: { [one]: 'Removed' } },
    applied: { comment: 'Key removed' },
    after: { [file]: { text: '# staff\n', mode: 0o600 } },
  },
  {
    title: 'has nothing to do without the key',
    before,
    arguments: { name: two, user: 'root' },
    ok: 'Key not present',
    foretold: 'Key is already absent',
  },
]);
