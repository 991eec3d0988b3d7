import { createKey, deleteToken, makeToken, listApiKeys, revokeKey, revokeLogins } from './auth.ts';
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
import { bankRunners } from './cache-banks.ts';
import { convergeStatus } from './converge.ts';
import type { RunnerDeclaration } from './define-runner.ts';
import { gpgRunners } from './gpg.ts';
import { naclRunners } from './nacl.ts';
import { clearGitLock, updateGitPillar } from './git-pillar.ts';
import {
  describeFunctions,
  describeRunners,
  describeWheel,
  getConfig,
  getOptions,
  metasyntactic,
  printSomething,
  raiseError,
  sendEvent,
  sleep,
  streamEvents,
  testArguments,
  testRawArguments,
} from './general.ts';
import {
  active,
  cancel,
  exitSuccess,
  lastRun,
  listJob,
  listJobs,
  listJobsFilter,
  lookupJid,
  masterJobs,
  printJob,
  queue,
} from './jobs.ts';
import { followJob, watchEvents } from './jobs-follow.ts';
import { why } from './jobs-why.ts';
import { down, status, up, versions } from './manage.ts';
import { matchRunners } from './match.ts';
import { mineGet, mineUpdate } from './mine.ts';
import {
  abort,
  highstate,
  orch,
  orchestrate,
  orchestrateHigh,
  orchestrateSingle,
  orchestrations,
  orchShowSls,
  pause,
  removePause,
  resume,
  setPause,
  showLowSls,
  showSls,
  sls,
  softKill,
} from './orchestrate.ts';
import { clearPillarCache, showPillar, showPillarCache, showTop } from './pillar.ts';
import { presenceLists } from './presence-lists.ts';
import { addReactor, deleteReactor, isReactorLeader, listReactors, setReactorLeader } from './reactor.ts';
import {
  abortRollout,
  listRollouts,
  pauseRollout,
  resumeRollout,
  rolloutStatus,
  startRollout,
  stopRollout,
} from './rollout.ts';
import { refusedRunners } from './refused.ts';
import { sdbRunners } from './sdb.ts';
import { syncRunners } from './synced-modules.ts';
import { command } from './salt-cmd.ts';
import { execute } from './salt-execute.ts';
import { surveyDiff, surveyHash } from './survey.ts';
import { clearFileLists, clearTreeCache, clearTreeLock, lockTree, updateTree } from './tree-care.ts';
import { directoryList, emptyDirectoryList, environments, fileList, symlinkList } from './tree.ts';

/** Every runner there is. */
export const runnerDeclarations: readonly RunnerDeclaration[] = [
  ...[
    active,
    cancel,
    exitSuccess,
    lastRun,
    listJob,
    listJobs,
    listJobsFilter,
    lookupJid,
    masterJobs,
    printJob,
    queue,
    why,
  ],
  ...[down, status, up, versions, ...presenceLists],
  ...[command, execute, surveyDiff, surveyHash],
  ...[followJob, watchEvents],
  ...bankRunners,
  ...sdbRunners,
  ...syncRunners,
  ...[cachedGrains, cachedMine, cachedPillar, cachedPillarVersion],
  ...[clearAll, clearGrains, clearMine, clearMineFunction, clearPillar],
  ...[mineGet, mineUpdate],
  ...[orchestrate, orch, sls, highstate, orchestrateSingle, orchestrateHigh, showSls, orchShowSls, showLowSls],
  ...[orchestrations, pause, setPause, resume, removePause, softKill, abort],
  ...gpgRunners,
  ...naclRunners,
  ...[clearGitLock, updateGitPillar, clearPillarCache, showPillar, showPillarCache, showTop],
  ...[directoryList, emptyDirectoryList, environments, fileList, symlinkList],
  ...[clearFileLists, clearTreeCache, clearTreeLock, lockTree, updateTree, ...refusedRunners],
  ...matchRunners,
  ...[convergeStatus],
  ...[addReactor, deleteReactor, isReactorLeader, listReactors, setReactorLeader],
  ...[
    describeFunctions,
    describeRunners,
    describeWheel,
    getConfig,
    getOptions,
    metasyntactic,
    raiseError,
    sendEvent,
    sleep,
  ],
  ...[testArguments, testRawArguments, printSomething, streamEvents],
  ...[abortRollout, listRollouts, pauseRollout, resumeRollout, rolloutStatus, startRollout, stopRollout],
  ...[createKey, deleteToken, makeToken, listApiKeys, revokeKey, revokeLogins],
];
