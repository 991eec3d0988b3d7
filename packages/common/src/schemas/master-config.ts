import { z } from 'zod';
import { accessKeys } from './keys/access-keys.ts';
import { httpKeys } from './keys/http-keys.ts';
import { masterKeys } from './keys/master-keys.ts';
import { pillarKeys } from './keys/pillar-keys.ts';
import { masterReturnerKeys } from './keys/returner-keys.ts';
import { processKeys } from './keys/process-keys.ts';
import { stateKeys } from './keys/state-keys.ts';
import { treeKeys } from './keys/tree-keys.ts';

/**
 * The master's configuration under Salt's key names and with Salt's standard values. Keys that are not listed are
 * kept as they are, for `config.get`.
 */
export const MasterConfig = z.looseObject({
  ...processKeys('master'),
  ...treeKeys,
  ...pillarKeys,
  ...stateKeys,
  ...masterKeys,
  ...masterReturnerKeys,
  ...accessKeys,
  ...httpKeys,
});

/** What {@link MasterConfig} reads. */
export type MasterConfig = z.infer<typeof MasterConfig>;
