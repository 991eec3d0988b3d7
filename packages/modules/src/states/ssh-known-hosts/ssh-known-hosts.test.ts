import { describeState } from '@brine/testkit';
import { absent } from './absent.ts';
import { present } from './present.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIOBgwNh6dk5axGNjheHm1DsWeCWRl9fmZr0P8uxtJWy3';
const other = 'AAAAC3NzaC1lZDI1NTE5AAAAIDa3NW9oQLEHuZZgjeoqtp7jSYYxpzEMuceXQxxO2Cp/';
const file = '/etc/ssh/ssh_known_hosts';
const account = ['web:x:1000:1000::/home/web:/bin/sh'];
const prints = {
  key: '88:7e:f4:43:84:f8:18:64:ce:d8:ce:ee:1a:6d:30:5b:f5:7d:dc:31:7d:6e:57:a5:63:ac:8f:ef:28:3f:39:0c',
  other: 'eb:02:05:42:73:75:8f:8a:30:7a:78:f7:bd:35:c2:59:8c:d2:01:42:75:65:5f:57:36:58:1b:92:30:c1:e6:a2',
};
const known = { hostname: 'git.example.org', enc: 'ssh-ed25519' };

describeState(present, [
  {
    title: 'trusts a key that is given, under a plain name with its port',
    arguments: { name: 'git.example.org', key, enc: 'ed25519', port: 2222, hash_known_hosts: false },
    pending: { comment: `Key for git.example.org is set to be added to ${file}`, changes: { 'git.example.org': key } },
    applied: {
      comment: `git.example.org's key saved to ${file} (key: ${key})`,
      changes: { old: null, new: [{ ...known, key, port: 2222 }] },
    },
    after: { [file]: `[git.example.org]:2222 ssh-ed25519 ${key}\n` },
  },
  {
    title: 'replaces an old key and hides the name',
    before: { files: { [file]: `git.example.org ssh-ed25519 ${other}\n` } },
    arguments: { name: 'git.example.org', key, enc: 'ssh-ed25519' },
    pending: {
      comment: `Key for git.example.org is set to be updated in ${file}`,
      changes: { 'git.example.org': key },
    },
    applied: {
      comment: `git.example.org's key saved to ${file} (key: ${key})`,
      changes: { old: [{ ...known, key: other, fingerprint: prints.other }], new: [{ ...known, key }] },
    },
  },
  {
    title: 'names the file of an account as it was given',
    before: { passwd: account, files: { '/home/web': { directory: true } } },
    arguments: { name: 'git.example.org', user: 'web', key, enc: 'ed25519', hash_known_hosts: false },
    pending: {
      comment: 'Key for git.example.org is set to be added to .ssh/known_hosts',
      changes: { 'git.example.org': key },
    },
    applied: {
      comment: `git.example.org's key saved to .ssh/known_hosts (key: ${key})`,
      changes: { old: null, new: [{ ...known, key }] },
    },
    after: { '/home/web/.ssh/known_hosts': `git.example.org ssh-ed25519 ${key}\n` },
  },
  {
    title: 'tells the fingerprint of a key that the host gave',
    before: { programs: { 'ssh-keyscan': () => `git.example.org ssh-ed25519 ${other}\n` } },
    arguments: { name: 'git.example.org', fingerprint: prints.other, hash_known_hosts: false },
    pending: {
      comment: `Key for git.example.org is set to be added to ${file}`,
      changes: { 'git.example.org': 'asked of the host' },
    },
    applied: {
      comment: `git.example.org's key saved to ${file} (fingerprint: ${prints.other})`,
      changes: { old: null, new: [{ ...known, key: other, fingerprint: prints.other }] },
    },
  },
  {
    title: 'knows a key that is there',
    before: { files: { [file]: `git.example.org ssh-ed25519 ${key}\n` } },
    arguments: { name: 'git.example.org', key, enc: 'ed25519' },
    ok: `git.example.org already exists in ${file}`,
  },
  {
    title: 'asks the host and believes only the fingerprint that is given',
    before: { programs: { 'ssh-keyscan': () => `git.example.org ssh-ed25519 ${other}\n` } },
    arguments: { name: 'git.example.org', fingerprint: '00:11' },
    pending: {
      comment: `Key for git.example.org is set to be added to ${file}`,
      changes: { 'git.example.org': 'asked of the host' },
    },
    applied: {
      comment: 'Remote host public keys found but none of their fingerprints match the one you have provided',
      changes: {},
      failed: true,
    },
  },
  {
    title: 'says of a host that does not answer that it gave no keys',
    before: { programs: { 'ssh-keyscan': () => ({ exitCode: 1, stderr: 'Connection refused' }) } },
    arguments: { name: 'git.example.org' },
    pending: {
      comment: `Key for git.example.org is set to be added to ${file}`,
      changes: { 'git.example.org': 'asked of the host' },
    },
    applied: { comment: 'Unable to receive remote host keys', changes: {}, failed: true },
  },
  {
    title: 'takes either a key or a fingerprint',
    arguments: { name: 'git.example.org', key, fingerprint: '00:11' },
    fails: 'Specify either "key" or "fingerprint", not both.',
  },
]);
describeState(absent, [
  {
    title: 'forgets a host, also when its name is hidden',
    before: {
      files: { [file]: `git.example.org ssh-ed25519 ${key}\n|1|AAAA|MDAwMDA= ssh-ed25519 ${other}\n` },
    },
    arguments: { name: 'git.example.org' },
    pending: {
      comment: `Key for git.example.org is set to be removed from ${file}`,
      changes: { old: [{ ...known, key, fingerprint: prints.key }], new: null },
    },
    applied: { comment: `Key for git.example.org removed from ${file}` },
    after: { [file]: `|1|AAAA|MDAwMDA= ssh-ed25519 ${other}\n` },
  },
  { title: 'has nothing to do for a stranger', arguments: { name: 'x' }, ok: 'Host is already absent' },
]);
