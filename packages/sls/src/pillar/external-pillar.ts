import type { Dict, Value } from '@brine/common';
import type { StateFiles } from '../file-roots/state-files.ts';
import type { PillarParts } from './render-pillar.ts';

/** One kind of external pillar, such as `cmd_yaml`, by the name that `ext_pillar` uses. */
export interface ExternalPillar {
  readonly name: string;
  /** What the source knows for a minion; `pillar` is what was compiled before it. Parts of its own are merged in order. */
  load(request: ExternalPillarRequest): Promise<Dict | readonly PillarParts[] | undefined>;
}

/** A question to an external pillar. */
export interface ExternalPillarRequest {
  readonly minionId: string;
  readonly pillar: Dict;
  readonly grains: Dict;
  /** The configuration, with the environments of this pillar as its `pillarenv` and `saltenv`. */
  readonly options: Dict;
  /** The value written beside the name in `ext_pillar`. */
  readonly configuration: Value;
  /** Compiles the top files and pillar files of a tree for this minion, as those of `pillar_roots`. */
  compileFiles(files: StateFiles, saltenv: string): Promise<PillarParts>;
}
