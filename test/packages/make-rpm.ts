import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalHost } from '@brine/modules';

/** A package to build. */
export interface RpmSpecification {
  readonly name: string;
  readonly version: string;
  readonly epoch?: number;
  readonly requires?: string;
  readonly provides?: string;
}

/** Builds packages and makes a repository of them. */
export async function makeRpmRepository(folder: string, packages: readonly RpmSpecification[]): Promise<void> {
  const build = join(folder, '.build');
  await mkdir(build, { recursive: true });
  for (const one of packages) {
    const file = join(build, `${one.name}-${one.version}.spec`);
    await writeFile(file, specification(one));
    await run(['rpmbuild', '--define', `_topdir ${build}`, '-bb', file]);
  }
  const made = join(build, 'RPMS', 'noarch');
  for (const name of await readdir(made)) await rename(join(made, name), join(folder, name));
  await run(['createrepo_c', '--quiet', '--excludes', '.build/*', folder]);
}

function specification({ name, version, epoch, requires, provides }: RpmSpecification): string {
  return `Name: ${name}
Version: ${version}
Release: 1
${epoch === undefined ? '' : `Epoch: ${epoch}`}
Summary: The ${name} package
License: MIT
BuildArch: noarch
${requires === undefined ? '' : `Requires: ${requires}`}
${provides === undefined ? '' : `Provides: ${provides}`}
%description
It is named ${name}.
%install
mkdir -p %{buildroot}/usr/share/${name}
echo ${version} > %{buildroot}/usr/share/${name}/version
%files
/usr/share/${name}
`;
}

/** Runs a program to its end; throws with what it said when it fails. */
export async function run(command: readonly string[], workingDirectory = '/'): Promise<void> {
  const result = await createLocalHost().run({ command, workingDirectory, timeout: 120_000 });
  if (result.exitCode !== 0) throw new Error(`${command.join(' ')}: ${result.stderr}${result.stdout}`);
}
