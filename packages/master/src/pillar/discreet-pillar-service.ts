import { AppError, formatProblems, isAppError, type Logger } from '@brine/common';
import { discreetProblem } from '@brine/sls';
import type { PillarService } from './pillar-service.ts';

/** Compiles pillars for minions, which are told what failed; how it failed is for the log alone. */
export function createDiscreetPillarService(pillars: PillarService, logger: Logger): PillarService {
  return {
    close: async () => pillars.close(),
    async compile(request) {
      try {
        return await pillars.compile(request);
      } catch (error) {
        if (!isAppError(error, 'pillar-failed') || error.problems.length === 0) throw error;
        const { minion } = request;
        logger.error('a pillar does not compile', { minion, problems: formatProblems(error.problems) });
        const told = error.problems.map(discreetProblem);
        const problems = told.filter(
          ({ summary }, index) => told.findIndex((one) => one.summary === summary) === index,
        );
        const message = `the pillar of ${minion} does not compile:\n${formatProblems(problems)}`;
        throw new AppError({ code: 'pillar-failed', message, problems });
      }
    },
  };
}
