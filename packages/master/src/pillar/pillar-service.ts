import type { Dict, MinionId, Problem, SourceSpan } from '@brine/common';

/** Whose pillar to compile. */
export interface PillarRequest {
  readonly minion: MinionId;
  readonly grains: Dict;
  readonly saltenv?: string;
  readonly pillarenv?: string;
  /** What `pillar=` on the command line adds. */
  readonly override?: Dict;
  /** Whether a pillar that was kept will not do (`pillar_cache`). */
  readonly isFresh?: boolean;
  /** `top` for the merged top files instead of the pillar. */
  readonly wants?: 'top';
  /** The path of keys whose origins are wanted. */
  readonly why?: readonly string[];
}

/** A pillar that compiled. */
export interface MinionPillar {
  readonly pillar: Dict;
  /** Keyed hex digest of the content; equal pillars have equal versions. */
  readonly version: string;
  /** Texts that were decrypted; whoever works with the pillar keeps them out of logs and answers. */
  readonly secrets: readonly string[];
  /** What the fingerprints are made with, by which those are shown instead. */
  readonly redactionKey: Uint8Array;
  /** The places that set the value at the path that was asked about, in the order of merging. */
  readonly origins?: readonly SourceSpan[];
}

/** What a compile answers: a whole pillar, or why there is none. */
export type PillarAnswer =
  | ({ readonly kind: 'pillar' } & MinionPillar)
  | { readonly kind: 'failed'; readonly problems: readonly Problem[] };

/** Compiles pillars away from the daemon's event loop. */
export interface PillarService {
  /** Throws `pillar-failed` with all problems; there is no partial pillar. */
  compile(request: PillarRequest): Promise<MinionPillar>;
  close(): Promise<void>;
}
