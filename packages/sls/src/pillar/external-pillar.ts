import type { Dict, Value } from '@brine/common';

/** One kind of external pillar, such as `cmd_yaml`, by the name that `ext_pillar` uses. */
export interface ExternalPillar {
  readonly name: string;
  /** What the source knows for a minion; `pillar` is what was compiled before it. */
  load(request: ExternalPillarRequest): Promise<Dict | undefined>;
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
}
