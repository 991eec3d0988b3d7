import { isAppError } from '@brine/common';
import type { ReadHost, StateContext } from '../../kit/index.ts';
import type { PackageManager } from './package-manager.ts';
import { noteRefreshed, wasRefreshed } from './package-memory.ts';

/** Refreshes the package lists when that is asked for, or has not happened in this run. Answers whether it happened. */
export async function refreshLists(
  manager: PackageManager,
  host: ReadHost,
  {
    wish,
    validSeconds,
    context,
  }: {
    readonly wish: boolean | undefined;
    readonly validSeconds: number | undefined;
    readonly context: StateContext;
  },
): Promise<boolean> {
  if (wish === false || (wish === undefined && wasRefreshed(context.memory))) return false;
  if (validSeconds !== undefined && (await isYoung(manager, host, validSeconds))) return false;
  try {
    await manager.refresh(host);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    // A repository that is down must not keep packages of the others from being installed.
    context.log.warn('refreshing the package lists failed', { reason: caught.message });
  }
  noteRefreshed(context.memory, true);
  return true;
}

async function isYoung(manager: PackageManager, host: ReadHost, seconds: number): Promise<boolean> {
  const at = await manager.refreshedAt(host);
  return at !== undefined && Date.now() - at < seconds * 1000;
}
