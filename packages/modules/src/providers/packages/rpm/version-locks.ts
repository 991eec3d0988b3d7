import type { ReadHost } from '../../../kit/index.ts';

const lists = [
  '/etc/dnf/plugins/versionlock.list',
  '/etc/yum/pluginconf.d/versionlock.list',
  '/etc/dnf/versionlock.toml',
];

/** A package that is kept at its version, and how its lock is written. */
export interface VersionLock {
  readonly name: string;
  readonly entry: string;
}

/** What the versionlock plugins of yum and dnf, and dnf 5, keep; they are read, for asking them takes seconds. */
export async function readVersionLocks(host: ReadHost): Promise<readonly VersionLock[]> {
  const found: VersionLock[] = [];
  for (const path of lists) {
    const text = Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
    for (const line of text.split('\n').map((one) => one.trim())) {
      const name = path.endsWith('.toml') ? /^name\s*=\s*["'](.+)["']$/.exec(line)?.[1] : lockedName(line);
      if (name !== undefined) found.push({ name, entry: path.endsWith('.toml') ? name : line });
    }
  }
  return found;
}

// yum writes `0:bash-4.2.46-35.el7.*`, dnf `bash-0:5.1.8-6.el9.*`; a `!` excludes a version.
function lockedName(line: string): string | undefined {
  if (line === '' || line.startsWith('#') || line.startsWith('!')) return undefined;
  return /^(?:\d+:)?(.+)-[^-]+-[^-]+$/.exec(line)?.[1];
}
