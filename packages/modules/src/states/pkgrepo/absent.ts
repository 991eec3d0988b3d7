import { z } from 'zod';
import { defineState, fails, isOk, lineText, optional, unsupported, willChange, secret } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { noteRefreshed } from '../../providers/packages/package-memory.ts';
import { readAptSources, readSourceLines } from '../../providers/repositories/apt-files.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { checkRepoFileAbsent } from '../../providers/repositories/check-repo-file.ts';
import { dryRunNote } from '../../providers/repositories/dry-run-note.ts';
import { hasRepoFiles } from '../../providers/repositories/repo-files.ts';
import { isSameRepository, readAptSource, type AptSource } from '../../providers/repositories/apt-source.ts';
import { isPpaSource, ppaSourcesFiles, readPpa } from '../../providers/repositories/ppa.ts';

/** `pkgrepo.absent` */
export const absent = defineState({
  name: 'pkgrepo.absent',
  summary: 'Keeps a package repository away, on apt, dnf, yum and zypper.',
  args: z.object({
    name: lineText().describe('The line of the sources list, or the id of a .repo file.'),
    file: optional(lineText()).describe('Only in this sources list.'),
    ppa: optional(lineText()).describe('On Ubuntu and Mint: an archive of Launchpad, OWNER/NAME.'),
    ppa_auth: secret(optional(lineText())).describe('Accepted for Salt: an archive is found whoever logs in to it.'),
    keyid: unsupported('removing keys by id'),
    keyid_ppa: unsupported('removing keys by id'),
  }),
  examples: [
    `deb http://old.example.org/debian stable main:
  pkgrepo.absent: []`,
  ],
  acceptsUnknown: true,
  async check({ name: id, file, ppa: given }, context) {
    const ppa = readPpa(id, given, context.grains);
    if (typeof ppa === 'string') return fails(`Failed to configure repo '${id}': ${ppa}`);
    const name = ppa === undefined ? id : `ppa:${ppa.owner}/${ppa.archive}`;
    const manager = await choosePackageManager(context.host, context.grains);
    if (hasRepoFiles(manager.name)) return checkRepoFileAbsent(name, manager, context);
    if (manager.name !== 'apt') return fails('Repo management not implemented on this platform');
    const unwanted = readAptSource(name);
    // What is no line of a sources list is in none.
    if (unwanted === undefined && ppa === undefined) return isOk(`Package repo ${name} is absent`);
    const all = await readAptSources(context.host);
    const isMeant = (source: AptSource): boolean =>
      ppa === undefined ? unwanted !== undefined && isSameRepository(source, unwanted) : isPpaSource(source, ppa);
    const found = all.filter((one) => isMeant(one.source) && (file === undefined || one.file === file));
    const whole = ppa === undefined ? [] : await ppaSourcesFiles(context.host, ppa);
    if (found.length + whole.length === 0) return isOk(`Package repo ${name} is absent`);
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
          for (const path of whole) await machine.files.remove(path);
          noteRefreshed(context.memory, false);
          return { comment: `Removed repo ${name}`, changes };
        }),
    );
  },
});
