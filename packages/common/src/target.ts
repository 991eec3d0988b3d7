/** Every way a target expression can be read. */
export const targetTypes = [
  'glob',
  'pcre',
  'list',
  'grain',
  'grain_pcre',
  'pillar',
  'pillar_pcre',
  'pillar_exact',
  'nodegroup',
  'ipcidr',
  'range',
  'compound',
] as const;

/** How a target expression is read; the names are Salt's `tgt_type` values. */
export type TargetType = (typeof targetTypes)[number];

/** Which minions a job is for. */
export interface Target {
  readonly type: TargetType;
  readonly expression: string;
  /** What parts keys and values of grain and pillar expressions; a colon when absent. */
  readonly delimiter?: string;
}
