import { z } from 'zod';
import { flag, number, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { choosePackageManager } from '../../providers/packages/choose-package-manager.ts';
import { noteRefreshed } from '../../providers/packages/package-memory.ts';
import { failure } from '../failure.ts';

export const refreshDb = defineFunction({
  name: 'pkg.refresh_db',
  ignoresOthers: true,
  summary:
    'Fetches the lists of packages anew. On apt each list is answered: true is new, null as before, false could not be had.',
  args: z.object({
    cache_valid_time: withDefault(number(), 0).describe('Seconds during which lists that are there need no refresh.'),
    failhard: withDefault(flag(), false).describe('Fail when one of the lists could not be had.'),
  }),
  examples: ["'*' pkg.refresh_db", "'*' pkg.refresh_db cache_valid_time=3600 failhard=True"],
  async run({ cache_valid_time: seconds, failhard: failsHard }, { host, grains, memory }) {
    const manager = await choosePackageManager(host, grains);
    const last = seconds > 0 ? await manager.refreshedAt(host) : undefined;
    if (last !== undefined && last + seconds * 1000 > Date.now()) return {};
    const report = await manager.refresh(host);
    noteRefreshed(memory, true);
    if (report === true || !failsHard) return report;
    const missed = Object.keys(report).filter((list) => report[list] === false);
    if (missed.length > 0) throw failure(`Error getting repos: ${missed.join(', ')}`);
    return report;
  },
});
