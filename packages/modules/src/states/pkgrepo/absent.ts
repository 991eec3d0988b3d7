import { z } from 'zod';
import { defineState, fails, isOk, lineText, optional, unsupported, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { noteRefreshed } from '../../providers/packages/package-memory.ts';
import { readAptSources, readSourceLines } from '../../providers/repositories/apt-files.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { checkRepoFileAbsent } from '../../providers/repositories/check-repo-file.ts';
import { dryRunNote } from '../../providers/repositories/dry-run-note.ts';
import { hasRepoFiles } from '../../providers/repositories/repo-files.ts';
import { isSameRepository, readAptSource } from '../../providers/repositories/apt-source.ts';

/** `pkgrepo.absent` */
export const absent = defineState({
  name: 'pkgrepo.absent',
  summary: 'Keeps a package repository away, on apt, dnf, yum and zypper.',
  args: z.object({
    name: lineText().describe('The line of the sources list, or the id of a .repo file.'),
    file: optional(lineText()).describe('Only in this sources list.'),
    ppa: unsupported('Launchpad PPAs by name'),
    ppa_auth: unsupported('private Launchpad PPAs'),
    keyid: unsupported('removing keys by id'),
    keyid_ppa: unsupported('removing keys by id'),
  }),
  examples: [
    `deb http://old.example.org/debian stable main:
  pkgrepo.absent: []`,
  ],
  acceptsUnknown: true,
  async check({ name, file }, context) {
    const manager = await choosePackageManager(context.host, context.grains);
    if (hasRepoFiles(manager.name)) return checkRepoFileAbsent(name, manager, context);
    if (manager.name !== 'apt') return fails('Repo management not implemented on this platform');
    const unwanted = readAptSource(name);
    // What is no line of a sources list is in none.
    if (unwanted === undefined) return isOk(`Package repo ${name} is absent`);
    const all = await readAptSources(context.host);
    const found = all.filter(
      (one) => isSameRepository(one.source, unwanted) && (file === undefined || one.file === file),
    );
    if (found.length === 0) return isOk(`Package repo ${name} is absent`);
    const files = [...new Set(found.map((one) => one.file))];
    const changes = { repo: name };
    return willChange(
      {
        comment: `Package repo '${name}' will be removed. ${dryRunNote}`,
        changes,
      },
      (machine) =>
        attempt(`Failed to remove repo ${name}`, async () => {
          for (const path of files) {
            const lines = await readSourceLines(machine, path);
            const left = lines.filter((_, index) => !found.some((one) => one.file === path && one.index === index));
            if (left.length === 0 && path.startsWith('/etc/apt/sources.list.d/')) await machine.files.remove(path);
            else await machine.files.write(path, Buffer.from(left.map((line) => `${line}\n`).join('')));
          }
          noteRefreshed(context.memory, false);
          return { comment: `Removed repo ${name}`, changes };
        }),
    );
  },
});
