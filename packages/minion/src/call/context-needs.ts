/** What has to be looked up before a function can be called. */
export interface ContextNeeds {
  readonly grains: boolean;
  readonly pillar: boolean;
}

// Functions of these modules look at nothing but their arguments and the options. What they call or render in turn
// gets what it needs at that point.
const selfContained = new Set(['test', 'sys', 'hashutil', 'random', 'environ', 'log', 'key', 'out']);

// Functions of these modules read the pillar itself. All others reach it, if at all, through templates and states,
// which have it looked up for themselves.
const pillarReaders = new Set([
  ...['pillar', 'config', 'match', 'defaults', 'slsutil', 'saltutil', 'schedule', 'mine', 'sdb', 'hosts', 'x509'],
]);

/** What the function of a name needs. */
export function contextNeedsOf(fun: string): ContextNeeds {
  const module = fun.split('.', 1)[0] ?? '';
  return { grains: !selfContained.has(module), pillar: pillarReaders.has(module) };
}
