import { toValue } from '@brine/common';
import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

const shown = `Loading internal logger.
Old::Package
-------------------------------------------------------------------------
\tAn old package
\tA/AN/ANN/Old-Package-1.2.tar.gz
\t/usr/local/share/perl/Old/Package.pm
\tInstalled: 1.1
\tCPAN:      1.2  Not up to date
\tAnn (ANN)
\tann@example.org
`;
const setup = {
  files: {
    '/root/.cpan/build/Old-Package-1.1-0/MANIFEST':
      'Makefile.PL\nlib/Old/Package.pm\nlib/Old/Gone.pm\nlib/../../etc/passwd\n',
    '/usr/local/share/perl/Old/Package.pm': '1;\n',
  },
  programs: {
    cpan: ([option, name]: readonly string[]) => {
      if (option === '-J') return "$CPAN::Config = {\n  'build_dir' => '/root/.cpan/build',\n};\n";
      if (option === '-l') return 'Old::Package\t1.1\nStrict\tundef\n';
      return option === '-D' && name === 'Old::Package' ? shown : '';
    },
  },
};

it('tells of Perl modules and removes what CPAN built', async () => {
  const host = createFakeHost(setup);
  const call = async (name: string, positional: string[] = [], keyword = {}) =>
    (await callScratch(name, { positional, keyword, host })).value;
  expect(await call('cpan.list')).toEqual(toValue({ 'Old::Package': '1.1', Strict: 'undef' }));
  expect(await call('cpan.show', ['Old::Package'])).toEqual(
    toValue({
      name: 'Old::Package',
      description: 'An old package',
      'cpan file': 'A/AN/ANN/Old-Package-1.2.tar.gz',
      'installed file': '/usr/local/share/perl/Old/Package.pm',
      'installed version': '1.1',
      'cpan version': '1.2',
      'author name': 'Ann (ANN)',
      'author email': 'ann@example.org',
      'cpan build dirs': ['/root/.cpan/build/Old-Package-1.1-0'],
    }),
  );
  expect(await call('cpan.show', ['No::Such'])).toEqual(
    toValue({ name: 'No::Such', error: 'This package does not seem to exist' }),
  );
  expect(await call('cpan.remove', ['Old::Package'], { details: true })).toEqual(
    toValue({
      old: '1.1',
      new: null,
      details: {
        '/usr/local/share/perl/Old/Package.pm': 'removed',
        '/usr/local/share/perl/Old/Gone.pm': 'unable to remove',
      },
    }),
  );
  expect(await host.files.read('/usr/local/share/perl/Old/Package.pm')).toBeUndefined();
  await expect(call('cpan.install', ['-j'])).rejects.toThrow('must be the name of a Perl module');
});
