import { setTimeout as wait } from 'node:timers/promises';
import { toValue, type Dict, type Logger, type Plain } from '@brine/common';
import type { GrainDeclaration } from '../kit/define-grain.ts';
import type { ReadHost } from '../kit/host.ts';
import type { Machine } from '../kit/machine.ts';
import { createLocalMachine } from './local-machine.ts';
import { grainTable } from './table.ts';

/** What {@link collectGrains} works with. */
export interface GrainCollection {
  readonly host: ReadHost;
  readonly log: Logger;
  /** The minion's configuration under Salt's key names; `id`, `master` and the `enable_…_grains` are looked at. */
  readonly options: Dict;
  readonly signal: AbortSignal;
  /** How long one collector may take; what it would have told is left out with a warning. */
  readonly timeoutMilliseconds: number;
  /** The only collectors to run; all unless given. */
  readonly names?: readonly string[];
  /** The machine apart from files and programs; the local one unless given. */
  readonly machine?: Machine;
  /** Collectors to run beside the built-in ones; later ones win. */
  readonly additional?: readonly GrainDeclaration[];
}

/**
 * The core grains of this machine, without `id`, in the order of the table. Collectors run side by side; one that
 * throws or takes too long loses its own grains only.
 */
export async function collectGrains(collection: GrainCollection): Promise<Dict> {
  const { names, additional = [] } = collection;
  const chosen = [...grainTable, ...additional].filter(({ name }) => names === undefined || names.includes(name));
  const found = await Promise.all(chosen.map((declaration) => collectOne(declaration, collection)));
  const grains: Dict = new Map();
  for (const part of found) {
    for (const [name, value] of Object.entries(part)) if (value !== undefined) grains.set(name, toValue(value));
  }
  return grains;
}

async function collectOne(
  { name, collect }: GrainDeclaration,
  { host, log, options, signal, timeoutMilliseconds, machine = createLocalMachine() }: GrainCollection,
): Promise<Readonly<Record<string, Plain>>> {
  const stop = new AbortController();
  const work = collect({ host, machine, log, options, signal: AbortSignal.any([signal, stop.signal]) });
  const late = wait(timeoutMilliseconds, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
  try {
    const found = await Promise.race([work, late]);
    if (found === undefined) log.warn('grain collector took too long', { collector: name, timeoutMilliseconds });
    return found ?? {};
  } catch (error) {
    log.warn('grain collector failed', { collector: name, error });
    return {};
  } finally {
    // A late collector must neither go on nor end the process by failing unheard.
    work.catch(() => {});
    stop.abort();
  }
}
