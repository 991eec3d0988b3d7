import type { CheckOutcome } from '@brine/common';
import { willChange, type Host } from '../../kit/index.ts';

/** The outcome where a bridge is missing: a dry run cannot know whether a step before would have made it. */
export function willMissBridge(bridge: string): CheckOutcome<Host> {
  const missing = { comment: `Bridge ${bridge} does not exist.`, changes: {} };
  return willChange(missing, async () => ({ ...missing, failed: true }));
}
