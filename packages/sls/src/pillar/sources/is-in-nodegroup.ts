import { getDict, matchTarget } from '@brine/common';
import type { ExternalPillarRequest } from '../external-pillar.ts';

/** Whether a minion is in a nodegroup; groups that look at pillar see what was compiled so far. */
export function isInNodegroup(name: string, request: ExternalPillarRequest): boolean {
  const { minionId: id, grains, pillar, options } = request;
  const nodegroups = getDict(options, 'nodegroups') ?? new Map();
  return matchTarget({ type: 'nodegroup', expression: name }, { id, grains, pillar: () => pillar }, { nodegroups });
}
