import { describeState, type FakeProgram } from '@brine/testkit';
import { installed } from './installed.ts';
import { update } from './update.ts';

const composer: FakeProgram = async (args, machine, { environment }) => {
  if (environment?.['COMPOSER_HOME'] !== '/root') return { exitCode: 1, stderr: 'no home' };
  if (args.includes('--no-dev')) return { exitCode: 2, stderr: 'Your requirements could not be resolved\n' };
  if (args[0] === 'install') {
    await machine.files.makeDirectory('/srv/app/vendor', { parents: true });
    await machine.files.write('/srv/app/vendor/autoload.php', Buffer.from('<?php'));
  }
  return `${args.join(' ')}\n`;
};
const before = { files: { '/srv/app/composer.json': '{}' }, programs: { composer } };
const done = { files: { ...before.files, '/srv/app/vendor/x': '' }, programs: { composer } };
const name = '/srv/app';
const options = '--no-interaction --no-ansi';
const willChange = { comment: 'The state of "/srv/app" will be changed.' };

describeState(installed, [
  {
    title: 'runs composer in the folder',
    before,
    arguments: { name, optimize: true },
    pending: {
      ...willChange,
      changes: { old: `composer install has not been run in ${name}`, new: `composer install will be run in ${name}` },
    },
    applied: {
      comment: 'Composer install completed successfully',
      changes: { stderr: '', stdout: `install ${options} --working-dir /srv/app --optimize-autoloader` },
    },
    after: { '/srv/app/vendor/autoload.php': '<?php' },
  },
  {
    title: 'leaves a folder alone where it was run, when told so',
    before: done,
    arguments: { name, always_check: false },
    ok: 'Composer already installed this directory',
  },
  {
    title: 'tells why composer fails',
    before: done,
    arguments: { name, no_dev: true },
    pending: {
      ...willChange,
      changes: { old: `composer install has been run in ${name}`, new: `composer install will be run in ${name}` },
    },
    applied: {
      comment: "Error executing composer in '/srv/app': Your requirements could not be resolved",
      changes: {},
      failed: true,
    },
  },
  {
    title: 'misses composer',
    before: { files: before.files },
    arguments: { name, composer: '/opt/composer.phar' },
    pending: {
      ...willChange,
      changes: { old: `composer install has not been run in ${name}`, new: `composer install will be run in ${name}` },
    },
    applied: {
      comment: `Error executing composer in '/srv/app': 'composer.install' is not available. Couldn't find '/opt/composer.phar'.`,
      changes: {},
      failed: true,
    },
  },
]);

describeState(update, [
  {
    title: 'runs an update and says little when asked to be quiet',
    before: done,
    arguments: { name, quiet: true },
    pending: {
      ...willChange,
      changes: {
        old: `composer install has been run in ${name}`,
        new: `composer install/update will be run in ${name}`,
      },
    },
    applied: { comment: 'Composer update completed successfully, output silenced by quiet flag', changes: {} },
  },
]);
