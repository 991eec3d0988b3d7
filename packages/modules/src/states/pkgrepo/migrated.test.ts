import { describeState, type FakeProgram } from '@brine/testkit';
import { migrated } from './migrated.ts';

// The keys of each root, as rpm names them; importing takes the name out of the key.
const rpm: FakeProgram = async (args, machine) => {
  const root = args[0] === '--root' ? (args[1] ?? '') : '/';
  const all = machine.facts.get('keys') as Record<string, readonly string[]>;
  const keys = all[root] ?? [];
  if (args.includes('%{DESCRIPTION}')) return `key of ${args[1] ?? ''}`;
  if (args.includes('-q')) return keys.length === 0 ? { exitCode: 1 } : keys.map((key) => `${key}\n`).join('');
  const file = Buffer.from((await machine.files.read(args.at(-1) ?? '')) ?? '').toString();
  const left = args.includes('-e') ? keys.filter((key) => key !== args.at(-1)) : [...keys, file.replace('key of ', '')];
  machine.facts.set('keys', { ...all, [root]: left });
  return '';
};
const repo = (id: string, url = id): string => `[${id}]\nname=${id}\nenabled=1\nbaseurl=https://${url}.example.org\n`;
const before = {
  files: {
    '/tmp': { directory: true },
    '/etc/zypp/repos.d/a.repo': repo('a'),
    '/etc/zypp/repos.d/b.repo': repo('b'),
    '/mnt/etc/zypp/repos.d/b.repo': `${repo('b', 'old')}priority=5\n`,
    '/mnt/etc/zypp/repos.d/c.repo': repo('c'),
  },
  programs: { rpm },
  facts: { keys: { '/': ['gpg-pubkey-1-1', 'gpg-pubkey-2-2'], '/mnt': ['gpg-pubkey-2-2', 'gpg-pubkey-3-3'] } },
} as const;
const suse = { grains: { os_family: 'Suse' } };
const comment = 'There are keys or repositories to migrate or drop';

describeState(migrated, [
  {
    title: 'brings repositories and keys into another root, and drops what is there besides',
    before,
    surroundings: suse,
    arguments: { name: '/mnt', drop: true },
    pending: {
      comment,
      changes: {
        'repos to migrate': ['a', 'b'],
        'repos to drop': ['c'],
        'keys to migrate': ['gpg-pubkey-1-1'],
        'keys to drop': ['gpg-pubkey-3-3'],
      },
    },
    applied: {
      comment: 'Repositories synchronized',
      changes: {
        'repos migrated': ['a', 'b'],
        'repos dropped': ['c'],
        'keys migrated': ['gpg-pubkey-1-1'],
        'keys dropped': ['gpg-pubkey-3-3'],
      },
    },
    after: {
      '/mnt/etc/zypp/repos.d/a.repo': repo('a'),
      '/mnt/etc/zypp/repos.d/b.repo': repo('b'),
      '/mnt/etc/zypp/repos.d/c.repo': undefined,
    },
  },
  {
    title: 'copies the files, without keys',
    before,
    surroundings: suse,
    arguments: { name: '/new', keys: false, method: 'copy' },
    pending: {
      comment,
      changes: { 'repos to migrate': ['a', 'b'], 'repos to drop': [], 'keys to migrate': [], 'keys to drop': [] },
    },
    applied: {
      comment: 'Repositories synchronized',
      changes: { 'repos migrated': ['a', 'b'], 'repos dropped': [], 'keys migrated': [], 'keys dropped': [] },
    },
    after: { '/new/etc/zypp/repos.d/a.repo': repo('a'), '/new/etc/zypp/repos.d/b.repo': repo('b') },
  },
  {
    title: 'is for zypper only',
    arguments: { name: '/mnt' },
    fails: 'Migration not supported for this platform',
  },
  {
    title: 'needs rpm for the keys',
    surroundings: suse,
    arguments: { name: '/mnt' },
    fails: 'Keys cannot be migrated for this platform',
  },
  {
    title: 'knows two methods',
    before,
    surroundings: suse,
    arguments: { name: '/mnt', method: 'rsync' },
    fails: 'Migration method not supported',
  },
]);
