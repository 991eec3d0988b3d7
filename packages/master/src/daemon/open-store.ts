import { join } from 'node:path';
import type { Clock } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { openSpaceReserve } from '@brine/daemon';
import { openSqliteStore } from '../store/sqlite-job-store.ts';
import type { Store } from '../store/store.ts';
import type { DamageReport } from './damage-report.ts';

/** Room for returns that come while the disk is full, and what must be free beside it for a new job. */
const keptSpace = { bytes: 16_777_216, margin: 8_388_608 };

/** Opens the job store below `cachedir`; a damaged one is put aside, and what can be read of it goes on in a new one. */
export function openStore({ cachedir }: Pick<MasterConfig, 'cachedir'>, clock: Clock, damage: DamageReport): Store {
  const path = join(cachedir, 'jobs.db');
  const reserve = openSpaceReserve({ file: join(cachedir, 'reserve'), ...keptSpace });
  return openSqliteStore(path, () => clock.now(), reserve, damage.watch('job store', path));
}
