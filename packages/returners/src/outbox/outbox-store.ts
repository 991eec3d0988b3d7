import { randomBytes } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  encodeValue,
  failpointNames,
  noFailpoints,
  type Clock,
  type Dict,
  type Failpoints,
  type Logger,
  type Timer,
} from '@brine/common';
import { createFile } from '@brine/daemon';
import type { Delivery } from '../deliver.ts';
import { requireReturner } from '../returner-table.ts';
import { decodeDelivery, encodeDelivery } from './delivery-codec.ts';
import { createDeliveryProcess, type DeliveryProcess } from './delivery-process.ts';

/** What waits for returners, on the disk until each was handed on. */
export interface Outbox {
  /** Takes up what an earlier process left. */
  start(): Promise<void>;
  /** Resolves when the delivery would survive a power cut. Throws `returner-unknown`. */
  put(delivery: Delivery): Promise<void>;
  /** Resolves when nothing is left, or after so many milliseconds. */
  drain(milliseconds: number): Promise<void>;
  /** Stops delivering; what waits is taken up by the next process. */
  stop(): Promise<void>;
}

/** What an outbox is made of. */
export interface OutboxOptions {
  /** Absolute path of the folder of what waits. */
  readonly folder: string;
  /** The configuration under Salt's key names, as it is when something is handed on. */
  readonly options: () => Dict;
  readonly id: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Bytes that may wait; beyond them the oldest are given up, with an error in the log. */
  readonly limitBytes?: number;
  readonly process?: DeliveryProcess;
  /** Where fault tests strike; nowhere unless given. */
  readonly failpoints?: Failpoints;
}

/** The failpoints of an outbox: around what is put, and before and after what was handed on is forgotten. */
export const outboxFailpoints: readonly string[] = [
  ...failpointNames('outbox', ['put']),
  ...['outbox.taken', 'outbox.forgotten'],
];

const standardLimit = 268_435_456;
const retryMilliseconds = { first: 1000, most: 60_000 };
/** Deliveries under way at once to one returner. */
const atOnce = 4;

interface Entry {
  readonly file: string;
  readonly lane: string;
  readonly bytes: number;
}

/** What waits for one returner with one set of settings; when it fails, all of it waits a while. */
interface Lane {
  readonly entries: Entry[];
  active: number;
  delay: number;
  retry: Timer | undefined;
}

/** Creates an outbox; nothing is read or delivered before {@link Outbox.start}. */
export function createOutbox(options: OutboxOptions): Outbox {
  return new FolderOutbox(options);
}

class FolderOutbox implements Outbox {
  readonly #options: OutboxOptions;
  readonly #process: DeliveryProcess;
  readonly #lanes = new Map<string, Lane>();
  readonly #drained = new Set<() => void>();
  #isRunning = false;
  #bytes = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#process = options.process ?? createDeliveryProcess(options.clock);
  }

  async start(): Promise<void> {
    const { folder, logger } = this.#options;
    this.#isRunning = true;
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.delivery')).toSorted();
    for (const name of names) {
      const file = join(folder, name);
      this.#add({ file, lane: name.split('.')[1] ?? '', bytes: (await stat(file)).size });
    }
    if (names.length > 0) logger.info('returns wait for their returners', { count: names.length });
    for (const lane of this.#lanes.values()) this.#serve(lane);
  }

  async put(delivery: Delivery): Promise<void> {
    requireReturner(delivery.returner);
    const body = encodeDelivery(delivery);
    const { folder, clock, failpoints = noFailpoints } = this.#options;
    const lane = laneOf(delivery);
    const name = `${String(clock.now()).padStart(14, '0')}-${randomBytes(6).toString('hex')}.${lane}.delivery`;
    const file = join(folder, name);
    await failpoints.reach('outbox.put.before');
    await createFile(file, body, 0o600);
    await failpoints.reach('outbox.put.after');
    this.#add({ file, lane, bytes: body.length });
    await this.#keepWithinLimit();
    this.#serve(this.#laneOf(lane));
  }

  drain(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isEmpty()) return resolve();
      this.#drained.add(resolve);
      this.#options.clock.after(milliseconds, resolve);
    });
  }

  async stop(): Promise<void> {
    this.#isRunning = false;
    for (const lane of this.#lanes.values()) lane.retry?.cancel();
    await this.#process.stop();
  }

  #isEmpty(): boolean {
    return [...this.#lanes.values()].every(({ entries, active }) => entries.length === 0 && active === 0);
  }

  #laneOf(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known !== undefined) return known;
    const lane: Lane = { entries: [], active: 0, delay: retryMilliseconds.first, retry: undefined };
    this.#lanes.set(name, lane);
    return lane;
  }

  #add(entry: Entry): void {
    this.#laneOf(entry.lane).entries.push(entry);
    this.#bytes += entry.bytes;
  }

  #serve(lane: Lane): void {
    while (this.#isRunning && lane.retry === undefined && lane.active < atOnce) {
      const entry = lane.entries.shift();
      if (entry === undefined) break;
      lane.active += 1;
      void this.#deliver(entry, lane).finally(() => {
        lane.active -= 1;
        this.#serve(lane);
        if (!this.#isEmpty()) return;
        for (const resolve of this.#drained) resolve();
        this.#drained.clear();
      });
    }
  }

  async #deliver(entry: Entry, lane: Lane): Promise<void> {
    const { logger, options, id } = this.#options;
    const delivery = await readFile(entry.file).catch(() => undefined);
    if (delivery === undefined || !isReadable(delivery)) {
      logger.error('what waited for a returner cannot be read and was given up', { file: entry.file });
      await this.#remove(entry);
      return;
    }
    const reason = await this.#process.deliver({ delivery, options: encodeValue(options()), id });
    if (reason === undefined) {
      const { failpoints = noFailpoints } = this.#options;
      lane.delay = retryMilliseconds.first;
      await failpoints.reach('outbox.taken');
      await this.#remove(entry);
      await failpoints.reach('outbox.forgotten');
      return;
    }
    if (!this.#isRunning) return;
    // Behind the others, so that one that can never be handed on does not keep them.
    lane.entries.push(entry);
    if (lane.retry !== undefined) return;
    const waiting = lane.entries.length;
    logger.error('a returner failed; it is tried again', { reason, waiting, retryMilliseconds: lane.delay });
    lane.retry = this.#options.clock.after(lane.delay, () => {
      lane.retry = undefined;
      this.#serve(lane);
    });
    lane.delay = Math.min(lane.delay * 2, retryMilliseconds.most);
  }

  async #remove(entry: Entry): Promise<void> {
    this.#bytes -= entry.bytes;
    await rm(entry.file, { force: true });
  }

  async #keepWithinLimit(): Promise<void> {
    const { limitBytes = standardLimit, logger } = this.#options;
    while (this.#bytes > limitBytes) {
      const waiting = [...this.#lanes.values()].filter(({ entries }) => entries.length > 0);
      const oldest = waiting.toSorted((a, b) => ((a.entries[0]?.file ?? '') < (b.entries[0]?.file ?? '') ? -1 : 1))[0];
      const entry = oldest?.entries.shift();
      if (entry === undefined) return;
      logger.error('too much waits for returners, the oldest was given up', {
        code: 'returner-backlog',
        returner: entry.lane,
      });
      await this.#remove(entry);
    }
  }
}

function isReadable(bytes: Uint8Array): boolean {
  try {
    decodeDelivery(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Part of a file name. */
function laneOf({ returner, config }: Delivery): string {
  return config === undefined ? returner : `${returner}~${config.replaceAll(/[^\w-]/g, '_')}`;
}
