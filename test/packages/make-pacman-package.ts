import { createHash } from 'node:crypto';
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './make-rpm.ts';

/** A package of pacman to build. */
export interface PacmanSpecification {
  readonly name: string;
  readonly version: string;
  readonly depends?: string;
  readonly provides?: string;
}

/** Builds packages and makes a repository `lab` of them, in which the last of each name counts. */
export async function makePacmanRepository(folder: string, packages: readonly PacmanSpecification[]): Promise<void> {
  const database = join(folder, '.database');
  const entries = new Map<string, string>();
  for (const one of packages) {
    entries.delete(one.name);
    entries.set(one.name, await makePackage(folder, one));
  }
  await run(['rm', '-rf', database]);
  for (const [name, description] of entries) {
    const version = packages.findLast((one) => one.name === name)?.version ?? '';
    await mkdir(join(database, `${name}-${version}`), { recursive: true });
    await writeFile(join(database, `${name}-${version}`, 'desc'), description);
  }
  await run(['sh', '-c', 'tar -czf ../lab.db *'], database);
  // pacman fetches what is newer by whole seconds; two repositories are made within one.
  const time = new Date(Date.UTC(2024, 0, 1, 0, packages.length));
  await utimes(join(folder, 'lab.db'), time, time);
}

async function makePackage(folder: string, one: PacmanSpecification): Promise<string> {
  const content = join(folder, `.${one.name}-${one.version}`);
  await mkdir(join(content, 'usr/share', one.name), { recursive: true });
  await writeFile(join(content, 'usr/share', one.name, 'version'), `${one.version}\n`);
  const about = [`pkgname = ${one.name}`, `pkgver = ${one.version}`, `pkgdesc = The ${one.name} package`, 'arch = any'];
  if (one.depends !== undefined) about.push(`depend = ${one.depends}`);
  if (one.provides !== undefined) about.push(`provides = ${one.provides}`);
  await writeFile(join(content, '.PKGINFO'), [...about, 'size = 10', ''].join('\n'));
  const file = `${one.name}-${one.version}-any.pkg.tar.gz`;
  await run(['tar', '-czf', join(folder, file), '.PKGINFO', 'usr'], content);
  const bytes = await readFile(join(folder, file));
  const fields = {
    FILENAME: file,
    NAME: one.name,
    VERSION: one.version,
    DESC: `The ${one.name} package`,
    CSIZE: String(bytes.length),
    ISIZE: '10',
    SHA256SUM: createHash('sha256').update(bytes).digest('hex'),
    ARCH: 'any',
    ...(one.provides === undefined ? {} : { PROVIDES: one.provides }),
    ...(one.depends === undefined ? {} : { DEPENDS: one.depends }),
  };
  return Object.entries(fields)
    .map(([key, value]) => `%${key}%\n${value}\n\n`)
    .join('');
}
