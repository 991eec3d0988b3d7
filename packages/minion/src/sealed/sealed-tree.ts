import { decodeMessage } from '@brine/common';
import type { MasterLink } from '../call/master-link.ts';
import { minionError } from '../errors.ts';
import type { FileCache } from '../store/file-cache-store.ts';
import type { SealedFiles, SealedSnapshot } from './sealed-snapshot-store.ts';

/** How a call deals with the sealed tree: it writes down what it is told, or works from what was. */
export interface SealedTree {
  readonly link: MasterLink;
  cache(cache: FileCache): FileCache;
  /** Keeps what the call was told, so that later ones can work from it. */
  keep(): Promise<void>;
}

/** Verbs whose answers make up a tree and a pillar. */
const keptVerbs = new Set(['pillar.compile', 'file.environments', 'file.manifest', 'file.hash']);

/** What happens when the master goes away in the middle of a call. */
const awayCodes = new Set(['bus-disconnected', 'bus-not-connected']);

/**
 * A call that asks its master and writes down the answers. When the master goes away in the middle it goes on from what
 * an earlier call wrote down, provided that the master has said nothing else so far.
 */
export function recordTree(link: MasterLink, files: SealedFiles, options: Uint8Array): SealedTree {
  const answers = new Map<string, Uint8Array>();
  const used = new Map<string, string>();
  let standIn: SealedTree | undefined;

  async function ask(verb: string, body: Uint8Array): Promise<Uint8Array> {
    try {
      return await link.request(verb, body);
    } catch (error) {
      const isAway = awayCodes.has((error as { readonly code?: string }).code ?? '');
      const snapshot = isAway ? await files.load() : undefined;
      if (snapshot === undefined || !agrees(answers, snapshot)) throw error;
      standIn = replayTree(snapshot, files);
      return standIn.link.request(verb, body);
    }
  }

  return {
    link: {
      request: async (verb, body) => {
        if (standIn !== undefined) return standIn.link.request(verb, body);
        const answer = await ask(verb, body);
        const key = keyOf(verb, body);
        if (key !== undefined) answers.set(key, answer);
        return answer;
      },
    },
    cache: (cache) => ({
      ...whole(cache),
      find: async (wanted) => {
        const place = await cache.find(wanted);
        if (place !== undefined || standIn === undefined) return noting(used, wanted.sha256, place);
        return files.find(wanted.sha256);
      },
      store: async (wanted, ...source) => {
        const place = await cache.store(wanted, ...source);
        used.set(wanted.sha256, place);
        return place;
      },
    }),
    keep: async () => {
      if (standIn === undefined) await files.save({ answers, options }, used);
    },
  };
}

/** Whether a snapshot says the same as the answers so far. */
function agrees(answers: ReadonlyMap<string, Uint8Array>, snapshot: SealedSnapshot): boolean {
  return [...answers].every(([key, answer]) => {
    const kept = snapshot.answers.get(key);
    return kept !== undefined && Buffer.compare(kept, answer) === 0;
  });
}

/** Answers are kept whole: none says that a manifest is the one that is known. */
function whole(cache: FileCache): FileCache {
  return { ...cache, manifest: () => Promise.resolve(undefined) };
}

function noting(used: Map<string, string>, sha256: string, place: string | undefined): string | undefined {
  if (place !== undefined) used.set(sha256, place);
  return place;
}

/** A call that works from what an earlier one wrote down, without its master. */
export function replayTree({ answers }: SealedSnapshot, files: SealedFiles): SealedTree {
  return {
    link: {
      request: async (verb, body) => {
        const answer = answers.get(keyOf(verb, body) ?? '');
        if (answer !== undefined) return answer;
        throw minionError('master-away', `the master is away, and ${verb} is not in the sealed tree`);
      },
    },
    cache: (cache) => ({
      ...whole(cache),
      find: async (wanted) => (await cache.find(wanted)) ?? files.find(wanted.sha256),
      store: (wanted, ...source) => cache.store(wanted, ...source),
    }),
    keep: () => Promise.resolve(),
  };
}

/** What an answer is kept under. A pillar that somebody laid values over is not kept. */
function keyOf(verb: string, body: Uint8Array): string | undefined {
  if (!keptVerbs.has(verb)) return undefined;
  const { saltenv, pillarenv, path, override } = decodeMessage(body) as Readonly<Record<string, unknown>>;
  return override === undefined ? JSON.stringify([verb, saltenv, pillarenv, path]) : undefined;
}
