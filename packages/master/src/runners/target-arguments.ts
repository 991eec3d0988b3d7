import type { Target } from '@brine/common';
import { oneOf, text, withDefault } from '@brine/modules/kit';

/** The kinds of targets, under Salt's names. */
const targetTypes = [
  ...(['glob', 'pcre', 'list', 'grain', 'grain_pcre', 'pillar', 'pillar_pcre', 'pillar_exact'] as const),
  ...(['nodegroup', 'ipcidr', 'range', 'compound'] as const),
] as const;

/** `tgt_type` of a runner. */
export const targetTypeArgument = {
  tgt_type: withDefault(oneOf(...targetTypes), 'glob').describe('How the target is read: `glob`, `list`, `grain`, …'),
};

/** `tgt` and `tgt_type` of a runner that means all minions unless told otherwise. */
export const targetArguments = {
  tgt: withDefault(text(), '*').describe('Which minions.'),
  ...targetTypeArgument,
};

/** The target that the arguments name. */
export function targetOf({ tgt, tgt_type: type }: { readonly tgt: string; readonly tgt_type: Target['type'] }): Target {
  return { type, expression: tgt };
}
