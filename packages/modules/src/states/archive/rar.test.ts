import { describeState, type FakeProgram } from '@brine/testkit';
import { extracted } from './extracted.ts';

/** As bsdtar of libarchive 3.6 lists a rar; directories have no slash behind them. */
const bsdtar: FakeProgram = async (args, machine) => {
  if (args.includes('--verbose'))
    return [
      'drwxr-xr-x  0 0      0           0 Sep  1  2025 app/bin\n',
      '-rw-r--r--  0 0      0           6 Sep  1  2025 app/README\n',
    ].join('');
  if (args.includes('--list')) return 'app/bin\napp/README\n';
  const target = args.at(-1) ?? '';
  await machine.files.makeDirectory(`${target}/app/bin`, { parents: true });
  await machine.files.write(`${target}/app/README`, Buffer.from('hello\n'));
  return '';
};
const files = { '/srv/app.rar': 'Rar!', '/opt/x': { directory: true } } as const;

describeState(extracted, [
  {
    title: 'unpacks a rar with bsdtar',
    before: { files, programs: { bsdtar } },
    arguments: { name: '/opt/x', source: '/srv/app.rar' },
    pending: {
      comment: 'Archive /srv/app.rar would be extracted to /opt/x/, due to absence of one or more files/dirs',
      changes: { extracted_files: ['app/bin/', 'app/README'] },
    },
    applied: { comment: '/srv/app.rar extracted to /opt/x/, due to absence of one or more files/dirs' },
    after: { '/opt/x/app/README': 'hello\n' },
  },
  {
    title: 'says what unpacks a rar where that is missing',
    before: { files },
    arguments: { name: '/opt/x', source: '/srv/app.rar' },
    fails: 'rar archives are unpacked by bsdtar, which is not installed: libarchive-tools on Debian has it',
  },
  {
    title: 'takes no options for a rar',
    before: { files, programs: { bsdtar } },
    arguments: { name: '/opt/x', source: '/srv/app.rar', options: '-x' },
    fails: "The 'options' argument is only compatible with the following archive formats: tar, zip",
  },
]);
