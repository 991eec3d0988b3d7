import type { ReadHost } from '../../../kit/index.ts';
import { toolFailure } from '../../commands/run-tool.ts';
import type { InstalledPackage, PackageDatabase } from '../package-manager.ts';

const fields = ['Package', 'Architecture', 'Version', 'db:Status-Abbrev', 'Provides'];
const format = `${fields.map((field) => `\${${field}}`).join('\\t')}\\n`;

/** Reads dpkg's database in one query. Packages of a foreign architecture are named `name:arch`. */
export async function readDpkgDatabase(host: ReadHost): Promise<PackageDatabase> {
  const command = ['dpkg-query', '--show', `--showformat=${format}`];
  const result = await host.inspect({ command, timeout: 120_000, outputLimit: 64 * 1024 * 1024 });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  const rows = result.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
  const native = rows.find(([name]) => name === 'dpkg')?.[1];
  const packages = new Map(rows.flatMap((row) => readPackage(row, native)));
  const provided = new Set(
    rows.filter(([, , , status]) => status?.[1] === 'i').flatMap((row) => readProvides(row[4] ?? '')),
  );
  return { packages, provided };
}

function readPackage(
  [name = '', architecture = '', version = '', status = '']: readonly string[],
  native: string | undefined,
): readonly (readonly [string, InstalledPackage])[] {
  const [desired, state] = status;
  if (state !== 'i' && state !== 'c') return [];
  const isForeign = native !== undefined && architecture !== native && architecture !== 'all';
  const isUnwanted = desired === 'p' && state === 'i' ? { isUnwanted: true } : {};
  const found = { version, isConfigOnly: state === 'c', isHeld: desired === 'h', ...isUnwanted };
  return [[isForeign ? `${name}:${architecture}` : name, found]];
}

function readProvides(provides: string): readonly string[] {
  return provides
    .split(',')
    .map((item) => item.replace(/\(.*\)/, '').trim())
    .filter((name) => name !== '');
}
