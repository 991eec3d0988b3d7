import path from 'node:path';
import {
  decodeChain,
  encodeChain,
  encodePublicKey,
  fingerprint,
  leadsTo,
  parsePublicKey,
  type SuccessionLink,
  type Trust,
} from '@brine/bus';
import { noFailpoints, type Failpoints } from '@brine/common';
import { readTextFile, replaceFile } from '@brine/daemon';
import { minionError } from '../errors.ts';

/**
 * How this minion knows its master: by the key pinned in `minion_master.pub` below `pkiDirectory`, else by the
 * fingerprint that `master_finger` or a join token names, else it pins whoever comes first. A renewed key of the master
 * is pinned with the chain that leads to it (`minion_master.succession`), so `master_finger` may go on naming the
 * former one. Throws `key-unreadable` and `key-invalid`, naming the file.
 */
export async function loadMasterTrust(
  pkiDirectory: string,
  {
    masterFinger,
    tokenFinger,
    failpoints = noFailpoints,
  }: {
    readonly masterFinger: string;
    readonly tokenFinger?: string | undefined;
    readonly failpoints?: Failpoints;
  },
): Promise<Trust> {
  const files = {
    key: path.join(pkiDirectory, 'minion_master.pub'),
    chain: path.join(pkiDirectory, 'minion_master.succession'),
  };
  const pin: NonNullable<Trust['pin']> = (publicKey, chain) =>
    usable(files.key, async () => {
      // The chain first: without it a key that `master_finger` does not name would be refused at the next start.
      if (chain.length > 0) {
        await replaceFile(files.chain, Buffer.from(encodeChain(chain)).toString('base64'), 0o644);
        await failpoints.reach('master-pin.linked');
      }
      await replaceFile(files.key, encodePublicKey('master', publicKey), 0o644);
    });
  const wanted = masterFinger.toLowerCase();
  const text = await usable(files.key, () => readTextFile(files.key));
  if (text === undefined) {
    const expected = wanted === '' ? tokenFinger : wanted;
    return { kind: 'first-use', ...(expected === undefined ? {} : { expected }), pin };
  }
  const publicKey = parse(files.key, text);
  const pinned = fingerprint(publicKey);
  if (wanted !== '' && pinned !== wanted && !leadsTo(publicKey, await readChain(files.chain), isNamed(wanted))) {
    throw minionError(
      'key-invalid',
      `the master's key in ${files.key} has the fingerprint ${pinned}, but master_finger names ${wanted}; ` +
        'remove the file to trust that one',
    );
  }
  return { kind: 'pinned', publicKey, pin };
}

function isNamed(wanted: string): (key: Uint8Array) => boolean {
  return (key) => fingerprint(key) === wanted;
}

async function readChain(file: string): Promise<readonly SuccessionLink[]> {
  const text = await usable(file, () => readTextFile(file));
  return text === undefined ? [] : (decodeChain(Buffer.from(text.trim(), 'base64')) ?? []);
}

function parse(file: string, text: string): Uint8Array {
  try {
    return parsePublicKey('master', text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('key-invalid', `${file}: ${reason}`, { cause });
  }
}

async function usable<Result>(file: string, use: () => Promise<Result>): Promise<Result> {
  try {
    return await use();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('key-unreadable', `the key file ${file} cannot be used: ${reason}`, { cause });
  }
}
