import type { Target, TargetType } from '../target.ts';
import type { Dict } from '../value.ts';
import { parseCompound, typeOfTerm, type Compound } from './parse-compound.ts';

const pillarTypes: ReadonlySet<TargetType> = new Set(['pillar', 'pillar_pcre', 'pillar_exact']);

/** Whether deciding a target takes the pillar of a minion. */
export function targetLooksAtPillar({ type, expression }: Target, nodegroups: Dict): boolean {
  if (type !== 'compound' && type !== 'nodegroup') return pillarTypes.has(type);
  const parsed = parseCompound(type === 'nodegroup' ? [`N@${expression}`] : expression, nodegroups);
  return 'compound' in parsed && looksAtPillar(parsed.compound);
}

function looksAtPillar(compound: Compound): boolean {
  if (compound.kind === 'term') return pillarTypes.has(typeOfTerm(compound.term));
  if (compound.kind === 'not') return looksAtPillar(compound.operand);
  return looksAtPillar(compound.left) || looksAtPillar(compound.right);
}
