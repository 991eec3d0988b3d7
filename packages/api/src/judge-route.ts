import type { Dict, Value } from '@brine/common';
import { isUnbound, type Caller } from './caller.ts';
import type { ControlPorts } from './control-ports.ts';

/** A call without arguments. */
export function noArguments(): { readonly positional: readonly Value[]; readonly keyword: Dict } {
  return { positional: [], keyword: new Map() };
}

/** What routes of their own do is judged as the runner or wheel function that does the same. The owner may do all. */
export function judgeSpecial(
  ports: ControlPorts,
  kind: 'runner' | 'wheel',
  fun: string,
  ...[caller, positional = []]: [Caller, (readonly Value[])?]
): void {
  if (!isUnbound(caller)) ports.access.judgeSpecial(kind, { fun, ...noArguments(), positional }, caller);
}
