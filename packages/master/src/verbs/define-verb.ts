import { AppError, decodeValue, isDict, type Dict, type MinionId } from '@brine/common';
import type { z } from 'zod';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { FileService } from '../files/file-service.ts';
import type { ReceivedFiles } from '../files/received-files-store.ts';
import type { MineService } from '../mine/mine-service.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import type { PeerDesk } from '../peer/peer-desk.ts';
import type { PillarService } from '../pillar/pillar-service.ts';

/** What the verbs of minions work with. */
export interface VerbServices {
  readonly dispatcher: Dispatcher;
  readonly directory: MinionDirectory;
  readonly files: FileService;
  readonly received: ReceivedFiles;
  readonly mine: MineService;
  readonly peers: PeerDesk;
  readonly pillar: PillarService;
  readonly events: EventBus;
  readonly masterVersion: string;
  /** Deletes the key of a minion soon: its answer is to leave before its session ends. Throws `key-revoke-refused`. */
  revokeKey(minion: MinionId): void;
  /** The options of the master that a minion works by. */
  sharedOptions(): Dict;
}

/** Who may use a verb. There is one kind of caller today; a verb without a policy does not compile. */
export type VerbPolicy = 'accepted-minion';

/** One verb, declared. */
export interface Verb<Schema extends z.ZodType> {
  readonly policy: VerbPolicy;
  readonly body: Schema;
  answer(minion: MinionId, body: z.infer<Schema>, services: VerbServices): Promise<object> | object;
}

/** Declares a verb; the identity, typed. */
export function verb<Schema extends z.ZodType>(declaration: Verb<Schema>): Verb<z.ZodType> {
  return declaration;
}

/** A mapping that was encoded on its own. Throws `request-malformed`. */
export function requireDict(encoded: Uint8Array): Dict {
  const value = decodeValue(encoded);
  if (isDict(value)) return value;
  throw new AppError({ code: 'request-malformed', message: 'a mapping was expected' });
}
