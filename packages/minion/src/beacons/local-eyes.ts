import fs from 'node:fs';
import { createLocalHost, createLocalMachine, followProgram, limitingHost } from '@brine/modules';
import type { BeaconsOptions } from './beacons-companion.ts';

/** Milliseconds that a program of a beacon may take. */
const lookLimit = 60_000;

/** What beacons look at this machine with. */
export function createLocalEyes(): BeaconsOptions['eyes'] {
  return {
    host: limitingHost(createLocalHost(), { standard: lookLimit, byProgram: new Map() }),
    machine: createLocalMachine(),
    space: async (place) => {
      try {
        const { blocks, bfree, bavail, bsize } = await fs.promises.statfs(place);
        return { total: blocks * bsize, free: bfree * bsize, available: bavail * bsize };
      } catch {
        return undefined;
      }
    },
    follow: followProgram,
    watch: (folder, onEvent) => {
      const watcher = fs.watch(folder, { persistent: false }, (_event, name) => onEvent(name ?? undefined));
      watcher.on('error', () => {
        watcher.close();
        onEvent(undefined);
      });
      return watcher;
    },
  };
}
