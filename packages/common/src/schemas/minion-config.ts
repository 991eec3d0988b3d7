import { z } from 'zod';
import { minionKeys } from './keys/minion-keys.ts';
import { pillarKeys } from './keys/pillar-keys.ts';
import { minionReturnerKeys } from './keys/returner-keys.ts';
import { processKeys } from './keys/process-keys.ts';
import { stateKeys } from './keys/state-keys.ts';
import { treeKeys } from './keys/tree-keys.ts';

/**
 * A minion's configuration under Salt's key names and with Salt's standard values. Keys that are not listed are
 * kept as they are, for `config.get`.
 */
export const MinionConfig = z.looseObject({
  ...processKeys('minion'),
  ...treeKeys,
  ...pillarKeys,
  ...stateKeys,
  ...minionKeys,
  ...minionReturnerKeys,
});

/** What {@link MinionConfig} reads. */
export type MinionConfig = z.infer<typeof MinionConfig>;
