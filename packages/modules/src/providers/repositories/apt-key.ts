import { AppError } from '@brine/common';
import type { Host, ReadHost, StateContext } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { findSource } from '../files/find-source.ts';
import { makeParents } from '../files/make-parents.ts';

/** A repository's key: where it is to lie, and where it comes from. */
export interface AptKey {
  readonly path: string;
  readonly url?: string | undefined;
  readonly text?: string | undefined;
  readonly keyserver?: string | undefined;
  readonly ids?: readonly string[] | undefined;
}

/** The keys among some that are not there yet. */
export async function missingKeys(host: ReadHost, keys: readonly AptKey[]): Promise<readonly AptKey[]> {
  const found = await Promise.all(keys.map(({ path }) => host.files.stat(path)));
  return keys.filter((_, index) => found[index] === undefined);
}

/** Puts a key in its place, unpacked from its ASCII form where the file's name asks for that. */
export async function placeKey(machine: Host, key: AptKey, context: StateContext): Promise<void> {
  const content = await keyContent(machine, key, context);
  const isArmored = Buffer.from(content).toString('latin1').includes('-----BEGIN PGP');
  await makeParents(machine, key.path, { mode: 0o755 });
  if (!isArmored || key.path.endsWith('.asc')) {
    await machine.files.write(key.path, content, { mode: 0o644 });
    return;
  }
  const scratch = `${key.path}.asc.tmp`;
  await machine.files.write(scratch, content, { mode: 0o644 });
  try {
    await runTool(machine, ['gpg', '--batch', '--yes', '--no-tty', '--output', key.path, '--dearmor', scratch]);
    await machine.files.setAttributes(key.path, { mode: 0o644 });
  } finally {
    await machine.files.remove(scratch);
  }
}

async function keyContent(machine: Host, key: AptKey, context: StateContext): Promise<Uint8Array> {
  if (key.text !== undefined) return Buffer.from(key.text);
  if (key.url !== undefined) {
    const found = await findSource({ source: key.url, skipVerify: true, target: key.path }, context);
    // As in Salt the comment, which names the repository, does not say which URL it was.
    if (typeof found === 'string')
      throw new AppError({ code: 'state-failed', message: found.replace(/^Failed to cache \S+: /, '') });
    return (await machine.files.read(found.path)) ?? new Uint8Array();
  }
  const home = `/tmp/__brine.gpg.${process.pid}`;
  await machine.files.makeDirectory(home, { mode: 0o700 });
  try {
    const base = ['gpg', '--batch', '--no-tty', '--homedir', home];
    await runTool(machine, [...base, '--keyserver', key.keyserver ?? '', '--recv-keys', ...(key.ids ?? [])]);
    const { stdout } = await runTool(machine, [...base, '--armor', '--export', ...(key.ids ?? [])]);
    return Buffer.from(stdout);
  } finally {
    await machine.files.remove(home, { recursive: true });
  }
}
