import {
  createControlSurface,
  readNetapiSettings,
  type ControlPorts,
  type RunnerControl,
  type WheelControl,
} from '@brine/api';
import { controlSocketPath, toValue, type Clock, type Dict, type Logger } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import type { Access } from '../access/open-access.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { OpenedKeys } from '../keys/open-keys.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { Store } from '../store/store.ts';
import { openDoors, openSideDoors, type Door } from './open-doors.ts';
import type { Reloadable } from './reload-master.ts';
import { startMeasures } from './start-measures.ts';

/** What clients reach a master by: the control surface and the doors to it. */
export interface Front {
  /** Opens every door. Throws `socket-in-use`, `socket-unusable` and `netapi-invalid`. */
  open(): Promise<{ readonly socketPath: string; readonly httpPort?: number }>;
  /** Lets other users in, by other certificates. Throws `netapi-invalid`. */
  readonly reloadable: Reloadable;
  close(): Promise<void>;
}

/** What a front is made by. */
export interface FrontOptions {
  readonly config: MasterConfig;
  /** The configuration under Salt's key names. */
  readonly options: Dict;
  readonly version: string;
  readonly saltVersion: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What stands behind a front. */
export interface FrontParts {
  readonly dispatcher: Dispatcher;
  readonly keys: OpenedKeys['control'];
  readonly runners: RunnerControl;
  readonly wheel: WheelControl;
  readonly access: Access;
  readonly events: EventBus;
  readonly directory: MinionDirectory;
  readonly store: Store;
}

/** Creates a front, whose doors are still closed. */
export function createFront(given: FrontOptions, parts: FrontParts): Front {
  const { config, options, clock } = given;
  const logger = given.logger.child({ component: 'api' });
  const measures = startMeasures({ ...parts, clock, logger });
  const settings = readNetapiSettings(options, (key) => {
    logger.warn('the http api does not act on this key', { key });
  });
  const ports: ControlPorts = {
    ...{ jobs: parts.dispatcher, keys: parts.keys, runners: parts.runners, wheel: parts.wheel },
    ...{ access: parts.access.control, events: parts.events },
    status: () => statusOf(given, parts),
    measures: async () => measures.measure(),
    readiness: async () => readiness(parts.store),
  };
  const surface = createControlSurface(ports, logger, settings);
  const doors: Door[] = [];
  let sides: readonly Door[] = [];
  const openSides = async (by: MasterConfig): Promise<void> => {
    const opened: Door[] = [];
    sides = opened;
    await openSideDoors(surface, { config: by, logger, onOpen: (door) => opened.push(door) });
  };
  return {
    reloadable: {
      async prepare(next) {
        const fresh = await Promise.all(doors.map(async (door) => door.prepareRenewal?.()));
        return async () => {
          for (const renew of fresh) renew?.();
          await Promise.all(sides.map(async (door) => door.close()));
          await openSides(next);
        };
      },
    },
    async open() {
      const httpPort = await openDoors(surface, { config, options, logger, onOpen: (door) => doors.push(door) });
      await openSides(config);
      const socketPath = controlSocketPath(config.sock_dir);
      return { socketPath, ...(httpPort === undefined ? {} : { httpPort }) };
    },
    async close() {
      measures.stop();
      await Promise.all([...doors, ...sides].map(async (door) => door.close()));
      await surface.close();
    },
  };
}

function statusOf({ version, saltVersion, startedAt }: FrontOptions, { directory }: FrontParts): Dict {
  const facts = { version, saltVersion, pid: process.pid, startedAt, connected: [...directory.connected] };
  return toValue(facts) as Dict;
}

/** Jobs need the job store; that it can be read is shown by reading it. */
async function readiness(store: Store): Promise<string | undefined> {
  try {
    await store.lastJid();
    return undefined;
  } catch (error) {
    return `the job store cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
