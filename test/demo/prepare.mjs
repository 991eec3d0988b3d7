// Makes a fresh checkout runnable: installs what package-lock.json names and builds. Both are skipped when up to date.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

function run(title, command, args) {
  process.stdout.write(`${title}\n`);
  const { status, error } = spawnSync(command, args, { cwd: checkout, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    process.stderr.write(`'${command} ${args.join(' ')}' failed${error ? `: ${error.message}` : ''}\n`);
    process.exit(status ?? 1);
  }
}

const installed = `${checkout}node_modules/.package-lock.json`;
const isInstalled =
  existsSync(installed) && statSync(installed).mtimeMs >= statSync(`${checkout}package-lock.json`).mtimeMs;
if (!isInstalled)
  run('Installing the packages that package-lock.json names …', 'npm', ['ci', '--no-audit', '--no-fund']);
run('Building …', 'npm', ['run', '--silent', 'build']);
