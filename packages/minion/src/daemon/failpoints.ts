import { createGuard, failpointNames, type Failpoints } from '@brine/common';
import { outboxFailpoints } from '@brine/returners';

/** Where fault tests strike a minion, and the program that runs its jobs if it is not the built one. */
export interface MinionFailpoints extends Failpoints {
  readonly workerProgram?: string;
}

/** The methods of the daemon's ports that make something durable. */
const daemonSteps = {
  journal: ['accept', 'start', 'finish', 'acknowledge'],
  /** What the converge loop watches. */
  converge: ['load', 'save'],
  /** The minion's own key. */
  key: ['rotate', 'settle'],
  'master-pin': ['pin'],
  /** The mark of the publications that were seen. */
  sequence: ['save'],
  schedule: ['save'],
  'converge-pause': ['save'],
} as const;

/** Failpoints between the steps that make up one of them. */
const further: Readonly<Partial<Record<keyof typeof daemonSteps, readonly string[]>>> = {
  journal: ['record-log.written', 'record-log.synced', 'record-log.rewritten', 'record-log.replaced'],
  key: ['minion-key.made', 'key.linked', 'key.moved', 'key.written'],
  'master-pin': ['master-pin.linked'],
};

/** Every failpoint of a minion daemon; `docs/faults.md` lists them. */
export const minionFailpoints: readonly string[] = [
  ...Object.entries(daemonSteps).flatMap(([name, methods]) => [
    ...failpointNames(name, methods),
    ...(further[name as keyof typeof daemonSteps] ?? []),
  ]),
  ...outboxFailpoints,
];

/** Puts failpoints around what a port of the daemon makes durable. */
export const guard = createGuard(daemonSteps);
