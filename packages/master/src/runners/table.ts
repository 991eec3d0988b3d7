import { createKey, deleteToken, listApiKeys, revokeKey, revokeLogins } from './auth.ts';
import type { RunnerDeclaration } from './define-runner.ts';
import {
  cachedGrains,
  cachedMine,
  cachedPillar,
  cachedPillarVersion,
  clearAll,
  clearGrains,
  clearMine,
  clearMineFunction,
  clearPillar,
} from './cache.ts';
import { describeRunners, getConfig, sendEvent, testArguments } from './general.ts';
import { active, cancel, exitSuccess, lastRun, listJob, listJobs, lookupJid, printJob, queue } from './jobs.ts';
import { down, notPresent, present, status, up, versions } from './manage.ts';
import { mineGet, mineUpdate } from './mine.ts';
import { showPillar } from './pillar.ts';
import { directoryList, emptyDirectoryList, environments, fileList, symlinkList } from './tree.ts';

/** Every runner there is. */
export const runnerDeclarations: readonly RunnerDeclaration[] = [
  ...[active, cancel, exitSuccess, lastRun, listJob, listJobs, lookupJid, printJob, queue],
  ...[down, notPresent, present, status, up, versions],
  ...[cachedGrains, cachedMine, cachedPillar, cachedPillarVersion],
  ...[clearAll, clearGrains, clearMine, clearMineFunction, clearPillar],
  ...[mineGet, mineUpdate],
  showPillar,
  ...[directoryList, emptyDirectoryList, environments, fileList, symlinkList],
  ...[describeRunners, getConfig, sendEvent, testArguments],
  ...[createKey, deleteToken, listApiKeys, revokeKey, revokeLogins],
];
