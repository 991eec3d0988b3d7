import { createKey, deleteToken, listApiKeys, revokeKey, revokeLogins } from './auth.ts';
import type { RunnerDeclaration } from './define-runner.ts';
import { describeRunners, getConfig, sendEvent, testArguments } from './general.ts';
import { active, cancel, exitSuccess, lastRun, listJob, listJobs, lookupJid, printJob, queue } from './jobs.ts';
import { down, notPresent, present, status, up, versions } from './manage.ts';
import {
  cachedGrains,
  directoryList,
  emptyDirectoryList,
  environments,
  fileList,
  showPillar,
  symlinkList,
} from './tree.ts';

/** Every runner there is. */
export const runnerDeclarations: readonly RunnerDeclaration[] = [
  ...[active, cancel, exitSuccess, lastRun, listJob, listJobs, lookupJid, printJob, queue],
  ...[down, notPresent, present, status, up, versions],
  ...[cachedGrains, directoryList, emptyDirectoryList, environments, fileList, showPillar, symlinkList],
  ...[describeRunners, getConfig, sendEvent, testArguments],
  ...[createKey, deleteToken, listApiKeys, revokeKey, revokeLogins],
];
