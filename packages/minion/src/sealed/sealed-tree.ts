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

/** A call that asks its master and writes down the answers. */
export function recordTree(link: MasterLink, files: SealedFiles, options: Uint8Array): SealedTree {
  const answers = new Map<string, Uint8Array>();
  const used = new Map<string, string>();
  return {
    link: {
      request: async (verb, body) => {
        const answer = await link.request(verb, body);
        const key = keyOf(verb, body);
        if (key !== undefined) answers.set(key, answer);
        return answer;
      },
    },
    cache: (cache) => ({
      ...whole(cache),
      find: async (wanted) => noting(used, wanted.sha256, await cache.find(wanted)),
      store: async (wanted, ...source) => {
        const place = await cache.store(wanted, ...source);
        used.set(wanted.sha256, place);
        return place;
      },
    }),
    keep: () => files.save({ answers, options }, used),
  };
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
