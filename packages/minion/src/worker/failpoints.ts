import { createGuard, failpointNames } from '@brine/common';

/** The methods of the ports of a job that make something durable. */
const workerSteps = {
  'state-journal': ['create'],
  /** The journal of one state run. */
  'run-journal': ['flush', 'replace', 'remove'],
  /** What states keep on the machine, and which run changed it. */
  ledger: ['write'],
  /** The tree and the pillar of a run that went well. */
  sealed: ['save'],
  'state-requests': ['write'],
  pauses: ['write'],
  /** The contents of files of the master. */
  blobs: ['store'],
} as const;

/** Failpoints between the steps that make up one of them. */
const further: Readonly<Partial<Record<keyof typeof workerSteps, readonly string[]>>> = {
  sealed: ['sealed.kept', 'sealed.replaced'],
  blobs: ['blobs.fetched'],
};

/** Every failpoint of the workers that run a minion's jobs; `docs/faults.md` lists them. */
export const workerFailpoints: readonly string[] = Object.entries(workerSteps).flatMap(([name, methods]) => [
  ...failpointNames(name, methods),
  ...(further[name as keyof typeof workerSteps] ?? []),
]);

/** Puts failpoints around what a port of a job makes durable. */
export const guard = createGuard(workerSteps);
