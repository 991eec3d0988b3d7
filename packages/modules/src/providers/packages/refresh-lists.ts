import { isAppError } from '@brine/common';
import type { Host, ReadHost, StateContext } from '../../kit/index.ts';
import type { PackageManager } from './package-manager.ts';
import { noteRefreshed, wasRefreshed } from './package-memory.ts';

/** When a state wants the package lists to be refreshed. */
export interface RefreshWish {
  /** Refreshes in any case, or never; once a run unless given. */
  readonly wish: boolean | undefined;
  /** Seconds during which the lists need no refresh. */
  readonly validSeconds: number | undefined;
  readonly context: StateContext;
}

// A dry run must not refresh, so what it tells rests on the lists as they are; after an hour that is worth saying.
const youngSeconds = 3600;

/** What is said of lists that an application refreshes before it looks again. */
export const oldListsNote = 'The package lists are old and would be refreshed first.';

/** Refreshes the package lists when that is asked for, or has not happened in this run. */
export async function refreshLists(manager: PackageManager, machine: Host, wish: RefreshWish): Promise<void> {
  const { context } = wish;
  if (!mayRefresh(wish)) return;
  if (wish.validSeconds !== undefined && (await areYounger(manager, machine, wish.validSeconds))) return;
  try {
    await manager.refresh(machine);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    // A repository that is down must not keep packages of the others from being installed.
    context.log.warn('refreshing the package lists failed', { reason: caught.message });
  }
  noteRefreshed(context.memory, true);
}

/** Whether the lists are so old that a state that looks for newer versions has to refresh them before it can tell. */
export async function areListsOld(manager: PackageManager, host: ReadHost, wish: RefreshWish): Promise<boolean> {
  return mayRefresh(wish) && !(await areYounger(manager, host, wish.validSeconds ?? youngSeconds));
}

function mayRefresh({ wish, context }: RefreshWish): boolean {
  return wish ?? !wasRefreshed(context.memory);
}

async function areYounger(manager: PackageManager, host: ReadHost, seconds: number): Promise<boolean> {
  const at = await manager.refreshedAt(host);
  return at !== undefined && Date.now() - at < seconds * 1000;
}
