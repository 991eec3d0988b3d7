import { createGuard, failpointNames } from '@brine/common';
import { outboxFailpoints } from '@brine/returners';
import { salvageFailpoints } from '../store/salvage-store.ts';

/** The methods of the master's ports that make something durable. */
const durableSteps = {
  store: [
    ...(['addJob', 'release', 'advance', 'finish', 'expireQueued', 'abandon', 'prune'] as const),
    ...(['shiftDeadlines', 'saveMinion', 'removeMinion', 'saveMinionData', 'removeMinionData', 'setCounter'] as const),
  ],
  keys: ['put', 'move', 'remove', 'restore', 'purge'],
  tokens: ['create', 'revoke', 'redeem'],
  renewals: ['order', 'settle'],
  'master-key': ['rotate'],
  'secret-keys': ['open'],
  /** The rules of the reactor, and the events that wait for it. */
  reactor: ['setFact', 'removeFact', 'addEvent', 'removeEvent', 'removeFacts'],
  /** Which orchestration a reaction begins. */
  reaction: ['setFact'],
  /** How minions converge. */
  converge: ['setFact', 'removeFact'],
  orchestration: ['begin', 'pin', 'note', 'changing', 'ended', 'forget'],
  'access-tokens': ['add', 'remove', 'removeAll'],
  /** What `salt-run cache.store` keeps. */
  banks: ['store', 'flush'],
  /** The files that minions send. */
  received: ['receive'],
  wheel: ['writeConfig', 'writeRoots'],
} as const;

/** Failpoints between the steps that make up one of them. */
const further: Readonly<Partial<Record<keyof typeof durableSteps, readonly string[]>>> = {
  'master-key': ['master-key.made', 'master-key.linked', 'master-key.written'],
  received: ['received.appended'],
};

/** Every failpoint of a master; `docs/faults.md` lists them. */
export const masterFailpoints: readonly string[] = [
  ...Object.entries(durableSteps).flatMap(([name, methods]) => [
    ...failpointNames(name, methods),
    ...(further[name as keyof typeof durableSteps] ?? []),
  ]),
  ...outboxFailpoints,
  ...salvageFailpoints,
];

/** Puts failpoints around what a port of the master makes durable. */
export const guard = createGuard(durableSteps);
