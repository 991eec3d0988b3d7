import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMinionId, type MinionId } from '@brine/common';
import { readTextFile, replaceFile } from '@brine/daemon';

/** Which minions are to renew which key: an order that waits, also over restarts, for those that are away. */
export interface KeyRenewals {
  /** The fingerprint of the key that a minion is to renew. */
  keyOf(id: MinionId): string | undefined;
  /** Durable when it resolves. */
  order(id: MinionId, fingerprint: string): Promise<void>;
  /** The minion has another key, or none. */
  settle(id: MinionId): Promise<void>;
}

/** Opens the orders below `pkiDirectory`: a file for each minion, with the fingerprint in it. */
export async function openKeyRenewals(pkiDirectory: string): Promise<KeyRenewals> {
  const folder = join(pkiDirectory, 'minions_to_renew');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const orders = new Map<MinionId, string>();
  for (const name of await readdir(folder)) {
    const id = parseMinionId(name);
    const text = id === undefined ? undefined : await readTextFile(join(folder, name));
    if (id !== undefined && text !== undefined) orders.set(id, text.trim());
  }
  return {
    keyOf: (id) => orders.get(id),
    async order(id, fingerprint) {
      if (orders.get(id) === fingerprint) return;
      await replaceFile(join(folder, id), `${fingerprint}\n`, 0o600);
      orders.set(id, fingerprint);
    },
    async settle(id) {
      if (!orders.delete(id)) return;
      await rm(join(folder, id), { force: true });
    },
  };
}
