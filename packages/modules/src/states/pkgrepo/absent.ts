import { isAppError, pythonStr, type Applied, type Value } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  optional,
  secret,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { noteRefreshed } from '../../providers/packages/package-memory.ts';
import { readAptSources, readSourceLines, type FoundSource } from '../../providers/repositories/apt-files.ts';
import { pruneStanzas, type Pruned } from '../../providers/repositories/apt-stanzas.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { checkRepoFileAbsent } from '../../providers/repositories/check-repo-file.ts';
import { dryRunNote } from '../../providers/repositories/dry-run-note.ts';
import { hasRepoFiles } from '../../providers/repositories/repo-files.ts';
import { isSameEntry, readAptSource, writeAptSource, type AptSource } from '../../providers/repositories/apt-source.ts';
import { isPpaSource, ppaSourcesFiles, readPpa, signingKeyOf, type Ppa } from '../../providers/repositories/ppa.ts';

/** `pkgrepo.absent` */
export const absent = defineState({
  name: 'pkgrepo.absent',
  summary: 'Keeps a package repository away, on apt, dnf, yum and zypper.',
  args: z.object({
    name: lineText().describe('The line of the sources list, or the id of a .repo file.'),
    file: optional(lineText()).describe('Only in this file.'),
    ppa: optional(lineText()).describe('On Ubuntu and Mint: an archive of Launchpad, OWNER/NAME.'),
    ppa_auth: secret(optional(lineText())).describe('Accepted for Salt: an archive is found whoever logs in to it.'),
    copr: optional(lineText()).describe('On dnf and yum: a project of COPR, OWNER/PROJECT.'),
    keyid: optional(lineText()).describe('On apt: id of the key of the repository, which is removed with it.'),
    keyid_ppa: withDefault(flag(), false).describe(
      "Whether the archive's key is removed with it; Launchpad is asked for its id.",
    ),
    aptkey: withDefault(flag(), true).describe('Whether apt-key removes the key, where there is one.'),
    keydir: withDefault(lineText(), '/etc/apt/keyrings').describe('Without apt-key: the folder of the key.'),
  }),
  examples: [
    `deb http://old.example.org/debian stable main:
  pkgrepo.absent: []`,
  ],
  acceptsUnknown: true,
  async check({ name: id, file, copr, ppa: given, keyid: givenKey, keyid_ppa: asks, aptkey, keydir }, context) {
    const ppa = readPpa(id, given, context.grains);
    if (typeof ppa === 'string') return fails(`Failed to configure repo '${id}': ${ppa}`);
    const name = ppa === undefined ? id : `ppa:${ppa.owner}/${ppa.archive}`;
    const manager = await choosePackageManager(context.host, context.grains);
    if (hasRepoFiles(manager.name))
      return checkRepoFileAbsent(copr === undefined ? name : `copr:${copr}`, manager, context);
    if (manager.name !== 'apt') return fails('Repo management not implemented on this platform');
    const unwanted = readAptSource(name);
    // What is no line of a sources list is in none.
    if (unwanted === undefined && ppa === undefined) return isOk(`Package repo ${name} is absent`);
    const edits = await editsFor({ unwanted, ppa, file }, context.host);
    if (edits.length === 0) return isOk(`Package repo ${name} is absent`);
    const { keyid, refusal } = asks ? await askedKey(ppa, context) : { keyid: givenKey };
    if (refusal !== undefined) return fails(`Failed to remove repo ${name}: ${refusal}`);
    const changes = { repo: name, ...(keyid === undefined ? {} : { keyid }) };
    return willChange({ comment: `Package repo '${name}' will be removed. ${dryRunNote}`, changes }, (machine) =>
      attempt(`Failed to remove repo ${name}`, async () => {
        for (const edit of edits) await writeLeft(machine, edit);
        noteRefreshed(context.memory, false);
        const comment = `Removed repo ${name}`;
        if (keyid === undefined) return { comment, changes };
        return removeKey({ name, comment, key: { keyid, aptkey, keydir } }, context);
      }),
    );
  },
});

/** What becomes of the files that have what is unwanted. */
async function editsFor(
  { unwanted, ppa, file }: { unwanted: AptSource | undefined; ppa: Ppa | undefined; file: string | undefined },
  host: ReadHost,
): Promise<readonly Pruned[]> {
  const isMeant = (source: AptSource): boolean =>
    ppa === undefined ? unwanted !== undefined && isSameEntry(source, unwanted) : isPpaSource(source, ppa);
  const all = await readAptSources(host);
  const found = all.filter((one) => isMeant(one.source) && (file === undefined || one.file === file));
  const pruned = unwanted === undefined ? [] : await pruneStanzas(host, unwanted);
  return [
    ...(await prunedLists(host, found, unwanted)),
    ...pruned.filter((one) => file === undefined || one.file === file),
    ...(ppa === undefined ? [] : await ppaSourcesFiles(host, ppa)).map((path) => ({ file: path, left: [] })),
  ];
}

// As in Salt the last eight digits are what the key is found by.
async function askedKey(
  ppa: Ppa | undefined,
  context: StateContext,
): Promise<{ readonly keyid?: string; readonly refusal?: string }> {
  if (ppa === undefined) return { refusal: 'keyid_ppa requires that a PPA be passed' };
  const key = await signingKeyOf(ppa, context, context.step.saltenv);
  if (key === undefined) return { refusal: `Launchpad does not know about ${ppa.owner}/${ppa.archive}` };
  return { keyid: key.slice(-8) };
}

/** Removes the key of a repository that was removed. */
async function removeKey(
  done: { readonly name: string; readonly comment: string; readonly key: Readonly<Record<string, Value>> },
  context: StateContext,
): Promise<Applied> {
  const { name, comment, key } = done;
  try {
    const removed = await context.call('pkg.del_repo_key', [name], new Map(Object.entries(key)));
    return { comment: `${comment}, and keyid ${pythonStr(removed)}`, changes: { repo: name, keyid: removed } };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return {
      comment: `${comment}, but failed to remove key: ${caught.message}`,
      changes: { repo: name },
      failed: true,
    };
  }
}

/** The sources lists without what was found in them. */
function prunedLists(
  host: ReadHost,
  found: readonly FoundSource[],
  unwanted: AptSource | undefined,
): Promise<readonly Pruned[]> {
  const files = [...new Set(found.map((one) => one.file))];
  return Promise.all(
    files.map(async (file) => {
      const lines = await readSourceLines(host, file);
      const left = lines.flatMap((line, index) => {
        const at = found.find((one) => one.file === file && one.index === index);
        return at === undefined ? [line] : withoutComponents(at.source, unwanted);
      });
      return { file, left };
    }),
  );
}

async function writeLeft(machine: Host, { file, left }: Pruned): Promise<void> {
  if (left.length === 0 && file.startsWith('/etc/apt/sources.list.d/')) await machine.files.remove(file);
  else await machine.files.write(file, Buffer.from(left.map((line) => `${line}\n`).join('')));
}

/** As in Salt components that are not named stay. */
function withoutComponents(source: AptSource, unwanted: AptSource | undefined): readonly string[] {
  const components = source.components.filter((one) => unwanted?.components.includes(one) !== true);
  const isWhole = unwanted === undefined || unwanted.components.length === 0 || components.length === 0;
  return isWhole ? [] : [writeAptSource({ ...source, components })];
}
