import { describeState, type FakeProgram } from '@brine/testkit';
import { disabled as confDisabled } from '../apache-conf/disabled.ts';
import { enabled as siteEnabled } from '../apache-site/enabled.ts';
import { disabled } from './disabled.ts';
import { enabled } from './enabled.ts';

const link =
  (place: string): FakeProgram =>
  async (words, machine) => {
    const path = `/etc/apache2/${place.replace('NAME', words.at(-1) ?? '')}`;
    if (words[0] === '--force') await machine.files.remove(path);
    else await machine.files.write(path, new Uint8Array());
    return 'done\n';
  };

const before = {
  files: {
    '/etc/apache2/mods-enabled/ssl.load': '',
    '/etc/apache2/conf-enabled/security.conf': '',
    '/etc/apache2/sites-enabled/000-default.conf': '',
  },
  programs: {
    a2enmod: link('mods-enabled/NAME.load'),
    a2dismod: link('mods-enabled/NAME.load'),
    a2disconf: link('conf-enabled/NAME.conf'),
    a2ensite: () => ({ exitCode: 1, stderr: 'ERROR: Site nope does not exist!\n' }),
  },
};

describeState(enabled, [
  {
    title: 'enables a module',
    before,
    arguments: { name: 'rewrite' },
    pending: {
      comment: 'Apache module rewrite is set to be enabled.',
      changes: { old: null, new: 'rewrite' },
    },
    applied: { comment: '' },
  },
  { title: 'leaves one that is enabled', before, arguments: { name: 'ssl' }, ok: 'ssl already enabled.' },
  {
    title: 'refuses a name that leads elsewhere',
    before,
    arguments: { name: '../x' },
    fails: 'The name ../x cannot be that of an Apache module',
  },
]);

describeState(disabled, [
  {
    title: 'disables a module',
    before,
    arguments: { name: 'ssl' },
    pending: { comment: 'Apache module ssl is set to be disabled.', changes: { old: 'ssl', new: null } },
    applied: { comment: '' },
    after: { '/etc/apache2/mods-enabled/ssl.load': undefined },
  },
]);

describeState(confDisabled, [
  {
    title: 'disables a configuration file',
    before,
    arguments: { name: 'security' },
    pending: { comment: 'Apache conf security is set to be disabled.', changes: { old: 'security', new: null } },
    applied: { comment: '' },
  },
]);

describeState(siteEnabled, [
  { title: 'knows the default site', before, arguments: { name: 'default' }, ok: 'default already enabled.' },
  {
    title: 'says that there is no such site',
    before,
    arguments: { name: 'nope' },
    pending: { comment: 'Apache site nope is set to be enabled.', changes: { old: null, new: 'nope' } },
    applied: {
      comment: 'Failed to enable nope Apache site: a2ensite ended with status 1: ERROR: Site nope does not exist!',
      changes: {},
      failed: true,
    },
  },
]);
