import { AppError } from '@brine/common';

/** The size of a wave: a number of minions, or a share of all of them (`25%`). */
export type WaveSize = number | string;

/** How many minions a size means, of `all`; at least one. Throws `orchestration-argument`. */
export function countOf(size: WaveSize, all: number): number {
  const share = typeof size === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(size.trim()) : null;
  if (share !== null && Number(share[1]) <= 100) return Math.max(1, Math.ceil((Number(share[1]) / 100) * all));
  const count = Number(size);
  if (share === null && Number.isSafeInteger(count) && count > 0) return count;
  throw invalid(`'${size}' is no size of a wave: a number of minions, or a share like 25%`);
}

/** What a rollout may lose, of `all`: a number of minions, or a share. Throws `orchestration-argument`. */
export function budgetOf(budget: WaveSize, all: number): number {
  const share = typeof budget === 'string' ? /^(\d+(?:\.\d+)?)%$/.exec(budget.trim()) : null;
  if (share !== null && Number(share[1]) <= 100) return Math.floor((Number(share[1]) / 100) * all);
  const count = Number(budget);
  if (share === null && Number.isSafeInteger(count) && count >= 0) return count;
  throw invalid(`'${budget}' is no failure budget: a number of minions, or a share like 5%`);
}

/** How the minions of a rollout are parted. */
export interface WavePlan {
  /** The first wave: so many minions, or these. */
  readonly canary: WaveSize | readonly string[];
  /** The sizes of the waves after it; the last is repeated until all are reached. */
  readonly waves: readonly WaveSize[];
}

/** The waves of a rollout over sorted minions, each minion once. Throws `orchestration-argument`. */
export function planWaves(minions: readonly string[], { canary, waves }: WavePlan): readonly (readonly string[])[] {
  const first = firstWave(minions, canary);
  const rest = minions.filter((minion) => !first.includes(minion));
  const planned = first.length === 0 ? [] : [first];
  const sizes = waves.map((size) => countOf(size, minions.length));
  for (let begin = 0, wave = 0; begin < rest.length; wave += 1) {
    const size = sizes[Math.min(wave, sizes.length - 1)] ?? rest.length;
    planned.push(rest.slice(begin, begin + size));
    begin += size;
  }
  return planned;
}

function firstWave(minions: readonly string[], canary: WavePlan['canary']): readonly string[] {
  if (typeof canary !== 'object') {
    return canary === 0 || canary === '0' ? [] : minions.slice(0, countOf(canary, minions.length));
  }
  const missing = canary.filter((id) => !minions.includes(id));
  if (missing.length > 0) throw invalid(`the target does not have the canaries ${missing.join(', ')}`);
  return minions.filter((id) => canary.includes(id));
}

function invalid(message: string): AppError {
  return new AppError({ code: 'orchestration-argument', message });
}
