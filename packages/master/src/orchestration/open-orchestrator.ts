import { createDataSeal } from '@brine/bus';
import type { Failpoints } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { openCacheKey } from '@brine/daemon';
import type { AutomationStore } from '../automation/automation-store.ts';
import { guard } from '../daemon/failpoints.ts';
import { createOrchestrationBook } from './orchestration-book.ts';
import { createOrchestrator, type Orchestrator, type OrchestratorParts } from './orchestrator.ts';

/** What an orchestrator is opened with. */
export interface OpenOrchestratorOptions extends Omit<OrchestratorParts, 'book' | 'jobs' | 'masterId' | 'logger'> {
  readonly config: MasterConfig;
  readonly memory: AutomationStore;
  readonly logger: OrchestratorParts['logger'];
  readonly failpoints: Failpoints;
}

/** Creates the orchestrator of a master over what is on its disk. */
export async function openOrchestrator(options: OpenOrchestratorOptions): Promise<Orchestrator> {
  const { config, memory, dispatcher, failpoints } = options;
  const logger = options.logger.child({ component: 'orchestration' });
  const book = createOrchestrationBook(memory, createDataSeal(await openCacheKey(config.pki_dir)), logger);
  return createOrchestrator({
    ...options,
    book: guard('orchestration', book, failpoints),
    jobs: dispatcher.own,
    masterId: config.id,
    logger,
  });
}
