import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLocalHost } from '@brine/modules';
import type { CommandRequest, Host } from '@brine/modules/kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withAccountPrograms } from '../../packages/modules/src/providers/accounts/files/with-account-programs.ts';
import { mayMount, runInPlace } from './in-place.ts';

const saltCall = fileURLToPath(new URL('../../bin/salt-call', import.meta.url));
const usable = mayMount() && existsSync('/usr/sbin/useradd');
if (!usable) console.warn('editing files of accounts was NOT compared: no mount namespace, or no useradd');

const files = ['passwd', 'shadow', 'group', 'gshadow'] as const;
const start = {
  passwd: 'root:x:0:0:root:/root:/bin/bash\nold:x:1500:1500:Old,1,2,3:/home/old:/bin/sh\n',
  shadow: 'root:*:19000:0:99999:7:::\nold:$6$a$b:19000:0:99999:7:::\n',
  group: 'root:x:0:\nusers:x:100:\nstaff:x:50:old\nwheel:x:60:old,root\nold:x:1500:\n',
  gshadow: 'root:*::\nusers:*::\nstaff:*::old\nwheel:*::old,root\nold:!::\n',
};

/** What one command after the other does, each on what those before it left. */
const commands: readonly (readonly [words: string, input?: string])[] = [
  ['useradd -u 1600 -M -- ann'],
  ['useradd -u 1600 -M -- again'],
  ['useradd -u 1600 -o -N -M -- twin'],
  ['useradd -u 1500 -M -- taken'],
  ['useradd -u 1601 -g staff -G wheel,users -d /srv/ben -c Ben,2 -s /bin/false -M -- ben'],
  ['useradd -u 1602 -g nobody-has-it -M -- cid'],
  ['useradd -u 1602 -G nobody-has-it -M -- cid'],
  ['useradd -u 1603 -M -- staff'],
  ['useradd -u 300 -r -M -- daemon1'],
  ['useradd -M -- bad:name'],
  ['usermod -c Ann,,5 -s /bin/bash -d /srv/ann -- ann'],
  ['usermod -u 1700 -g users -- ann'],
  ['usermod -u 1500 -- ann'],
  ['usermod -g nobody-has-it -- ann'],
  ['usermod -a -G staff,wheel -- ann'],
  ['usermod -G users -- ben'],
  ['usermod -L -- old'],
  ['usermod -L -- old'],
  ['usermod -U -- old'],
  ['usermod --login older old'],
  ['usermod --login ben older'],
  ['usermod -c x -- nobody-is-it'],
  ['groupadd -g 2000 -- team'],
  ['groupadd -g 2000 -- other'],
  ['groupadd -g 2000 -o -- other'],
  ['groupadd -- team'],
  ['groupmod -g 2001 -- team'],
  ['groupmod -g 50 -- team'],
  ['groupmod -g 2050 -- staff'],
  ['groupmod -g 1 -- nobody-has-it'],
  ['gpasswd -a ann team'],
  ['gpasswd -a nobody-is-it team'],
  ['gpasswd -M ann,ben team'],
  ['gpasswd -d ann team'],
  ['gpasswd -d ann team'],
  ['gpasswd -M ,  team'.replace(', ', '')],
  ['chage -m 1 ann'],
  ['chage -M 90 ann'],
  ['chage -W 14 ann'],
  ['chage -I 30 ann'],
  ['chage -E 2030-01-31 ann'],
  ['chage -d 19500 ann'],
  ['chage -E -1 ann'],
  ['chage -m 1 nobody-is-it'],
  ['chpasswd -e', 'ann:$6$c$d\nben:$6$e$f\n'],
  ['passwd -l ann'],
  ['passwd -u ann'],
  ['passwd -d ben'],
  ['groupdel -- team'],
  ['groupdel -- users'],
  ['groupdel -- nobody-has-it'],
  ['userdel -- ann'],
  ['userdel -- twin'],
  ['userdel -- ben'],
  ['userdel -- nobody-is-it'],
];

describe.skipIf(!usable)('editing the files of accounts, where busybox has no programs for it', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'brine-accounts-'));
    execFileSync('chmod', ['755', folder]);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function prepare(name: string): string {
    const etc = join(folder, name);
    mkdirSync(etc);
    for (const entry of ['login.defs', 'default', 'pam.d', 'security', 'nsswitch.conf', 'pam.conf', 'localtime'])
      if (existsSync(`/etc/${entry}`))
        cpSync(`/etc/${entry}`, join(etc, entry), { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(etc, 'skel'));
    writeFileSync(join(etc, 'skel', '.profile'), '# mine\n');
    for (const file of files)
      writeFileSync(join(etc, file), start[file], { mode: file.includes('shadow') ? 0o640 : 0o644 });
    return etc;
  }
  const read = (etc: string): Record<string, readonly string[]> =>
    Object.fromEntries(
      files.map((file) => [file, readFileSync(join(etc, file), 'utf8').trimEnd().split('\n').toSorted()]),
    );

  /** The local host whose /etc is a folder, and which has nothing but busybox. */
  function bareHost(etc: string): Host {
    const local = createLocalHost();
    const at = (path: string): string => path.replace(/^\/etc\//, `${etc}/`);
    return {
      ...local,
      which: async (program) => (program === 'busybox' ? '/bin/busybox' : undefined),
      files: {
        ...local.files,
        read: (path, options) => local.files.read(at(path), options),
        write: (path, content, attributes) => local.files.write(at(path), content, attributes),
      },
    };
  }

  it('does what the programs of shadow do, one after the other', { timeout: 120_000 }, async () => {
    const [real, ours] = [prepare('real'), prepare('ours')];
    const machine = withAccountPrograms(bareHost(ours));
    for (const [line, input] of commands) {
      const command = line.split(' ').filter((word) => word !== '');
      const options = input === undefined ? {} : { input };
      const there = runInPlace({ folder: real, place: '/etc' }, command, options);
      const here = await machine.run({ command, ...options } satisfies CommandRequest);
      const isFine = { real: there.status === 0, ours: here.exitCode === 0, said: [there.stderr, here.stderr] };
      expect(isFine, line).toMatchObject({ real: isFine.ours });
      expect(read(ours), line).toEqual(read(real));
    }
  });

  it('serves states and functions', { timeout: 120_000 }, () => {
    const etc = prepare('states');
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    // As on Alpine: no program of shadow where administrators' programs are, busybox instead.
    writeFileSync(join(bin, 'busybox'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const home = join(folder, 'homes', 'ann');
    mkdirSync(join(folder, 'salt'));
    mkdirSync(join(folder, 'conf'));
    writeFileSync(
      join(folder, 'salt', 'people.sls'),
      `
team:
  group.present: [{gid: 4000}]
ann:
  user.present:
    - uid: 4001
    - gid: team
    - groups: [users]
    - home: ${home}
    - shell: /bin/sh
    - fullname: Ann
    - password: $6$c$d
    - maxdays: 90
    - require: [{group: team}]
`,
    );
    writeFileSync(
      join(folder, 'conf', 'minion'),
      JSON.stringify({ id: 'alpine1', root_dir: folder, file_roots: { base: [join(folder, 'salt')] } }),
    );
    const call = (...words: string[]): unknown => {
      const command = [process.execPath, saltCall, '--local', '-c', join(folder, 'conf'), '--out=json', ...words];
      const bare = 'mount --bind "$0" /usr/sbin && exec "$@"';
      const { stdout, stderr } = runInPlace({ folder: etc, place: '/etc' }, ['sh', '-c', bare, bin, ...command]);
      try {
        return (JSON.parse(stdout) as { local: unknown }).local;
      } catch {
        throw new Error(stdout + stderr);
      }
    };
    const changed = (): readonly string[] =>
      Object.values(
        call('state.apply', 'people') as Record<string, { result: boolean; changes: object; comment: string }>,
      ).flatMap(({ result, changes, comment }) =>
        result ? (Object.keys(changes).length > 0 ? [comment] : []) : [`failed: ${comment}`],
      );
    expect(changed()).toEqual(['New group team created', 'New user ann created']);
    expect(changed()).toEqual([]);
    expect(read(etc)).toMatchObject({
      passwd: expect.arrayContaining([`ann:x:4001:4000:Ann:${home}:/bin/sh`]) as unknown,
      group: expect.arrayContaining(['team:x:4000:', 'users:x:100:ann']) as unknown,
    });
    expect(read(etc)['shadow']?.find((line) => line.startsWith('ann:'))).toMatch(/^ann:\$6\$c\$d:\d+:0:90:7:::$/);
    expect(readFileSync(join(home, '.profile'), 'utf8')).toBe('# mine\n');
    expect(call('user.chgroups', 'ann', 'staff')).toBe(true);
    expect(call('user.chuid', 'ann', '4002')).toBe(true);
    expect(call('user.info', 'ann')).toMatchObject({ uid: 4002, groups: ['staff', 'team'] });
    expect(call('file.get_user', home)).toBe('ann');
    expect(call('user.delete', 'ann', 'remove=True')).toBe(true);
    expect(existsSync(home)).toBe(false);
    expect(call('group.delete', 'team')).toBe(true);
  });
});
