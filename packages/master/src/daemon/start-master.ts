import { join } from 'node:path';
import { refuseSecond, type WheelControl } from '@brine/api';
import { createMasterBus, createZeromqTransport, type MasterBus } from '@brine/bus';
import {
  controlSocketPath,
  createJidGenerator,
  noFailpoints,
  returnNames,
  stampOf,
  watchClock,
  type AppError,
  type Clock,
  type Dict,
  type Failpoints,
  type Logger,
} from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { openRedactionKey } from '@brine/daemon';
import { openAccess, type Access } from '../access/open-access.ts';
import {
  createAutomation,
  openAutomationMemory,
  type Automation,
  type AutomationMemory,
} from '../automation/automation.ts';
import { createAnnounce } from '../events/announce-call.ts';
import { createEventBus, type EventBus, type EventTap } from '../events/event-bus.ts';
import { openFiles } from '../files/open-files.ts';
import type { TreeUpdates } from '../files/tree-updates.ts';
import { createDispatcher } from '../jobs/dispatcher.ts';
import { transportOver } from '../jobs/bus-transport.ts';
import { createKeyRevocation } from '../keys/revoke-key.ts';
import { openKeys, type KeyNeighbours, type OpenedKeys } from '../keys/open-keys.ts';
import { settleGone } from '../keys/settle-gone.ts';
import { createLocalCalls, type LocalCalls } from '../local-calls/local-calls.ts';
import { createMineService } from '../mine/mine-service.ts';
import { openOrchestrator } from '../orchestration/open-orchestrator.ts';
import type { Orchestrator } from '../orchestration/orchestrator.ts';
import type { Presence } from '../minions/presence.ts';
import { openReturns, type Returns } from '../returns/open-returns.ts';
import { createRunnerControl } from '../runners/runner-control.ts';
import type { Store } from '../store/store.ts';
import { answerVerb, type VerbServices } from '../verbs/verb-table.ts';
import { createWheelControl } from '../wheel/wheel-control.ts';
import { wheelWriters } from '../wheel/wheel-writers.ts';
import type { PillarCache } from '../pillar/cached-pillar-service.ts';
import { openDirectory, peersOf, watchPresence } from './configured-parts.ts';
import { openPillar } from './open-pillar.ts';
import { connectionCallbacks } from './connection-callbacks.ts';
import { createFront } from './create-front.ts';
import { createDamageReport, type DamageReport } from './damage-report.ts';
import { followClock } from './follow-clock.ts';
import { openStore } from './open-store.ts';
import { startPruning } from './prune-jobs.ts';
import { guard } from './failpoints.ts';
import { tellSharedOptions } from './tell-shared-options.ts';
import { createReload, type Reloadable } from './reload-master.ts';
import { dictOption, toOptions } from './master-options.ts';
import { sharedOptions } from './shared-options.ts';

/** What a master is started with. */
export interface StartMasterOptions {
  readonly config: MasterConfig;
  readonly configDirectory: string;
  readonly version: string;
  readonly saltVersion: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where fault tests strike; nowhere unless given. */
  readonly failpoints?: Failpoints;
}

/** A master that listens. */
export interface RunningMaster {
  readonly publishPort: number;
  readonly returnPort: number;
  readonly socketPath: string;
  /** Resolves when it must not go on; then it is to be stopped. */
  readonly failed: Promise<AppError>;
  /** Takes over what can change while it runs; all of it, or nothing when it throws what is wrong. */
  reload(config: MasterConfig): Promise<void>;
  /** Finishes what is under way and closes everything. */
  stop(): Promise<void>;
}

/** Brings a master up; throws when a port, the socket, a key or the job store cannot be used. */
export async function startMaster(given: StartMasterOptions): Promise<RunningMaster> {
  const clock = watchClock(given.clock);
  const options = { ...given, clock };
  const { config, logger } = options;
  // Before a key, the job store or a port is touched: they are the other's.
  await refuseSecond(controlSocketPath(config.sock_dir));
  // Pillar workers read it; that it cannot be used shows here, before anybody waits for them.
  const { failpoints = noFailpoints } = options;
  await failpoints.reach('secret-keys.open.before');
  await openRedactionKey(config.pki_dir);
  await failpoints.reach('secret-keys.open.after');
  const damage = createDamageReport(logger, failpoints);
  const store = guard('store', openStore(config, clock, damage), failpoints);
  const events = createEventBus(clock);
  const later: KeyNeighbours = {};
  const {
    control: keys,
    busOptions,
    reloadable,
    renewIfDue,
  } = await openKeys({
    ...{ config, clock, logger, events, failpoints, neighbours: later },
  });
  const parts = await createParts(options, {
    ...{ store, events, keys, reloadable, damage },
    bus: () => requirePart(later.bus),
  });
  later.directory = parts.directory;
  later.dispatcher = parts.dispatcher;
  later.pillarCache = parts.pillarCache;
  const bus = createMasterBus({
    transport: createZeromqTransport(),
    clock,
    logger: logger.child({ component: 'bus' }),
    interface: config.interface,
    publishPort: config.publish_port,
    returnPort: config.ret_port,
    sequenceStore: {
      load: async () => store.counter('publication-sequence'),
      save: async (reserved) => store.setCounter('publication-sequence', reserved),
    },
    ...busOptions,
    onRequest: async (minion, verb, body) => answerVerb({ minion, verb, body }, parts),
    ...connectionCallbacks({ ...parts, renewIfDue }, logger),
  });
  later.bus = bus;
  followClock(clock, { bus, dispatcher: parts.dispatcher, logger });
  return open(options, { ...parts, ...{ store, keys, bus, events, damage } });
}

interface Parts extends VerbServices {
  /** The configuration under Salt's key names; a reload changes it in place. */
  readonly optionValues: Dict;
  readonly reloadables: readonly Reloadable[];
  readonly automation: Automation;
  readonly orchestrator: Orchestrator;
  readonly presence: Presence;
  readonly runners: ReturnType<typeof createRunnerControl>;
  readonly wheel: WheelControl;
  readonly access: Access;
  readonly localCalls: LocalCalls;
  readonly pillarCache: PillarCache | undefined;
  readonly returns: Returns;
  readonly treeUpdates: TreeUpdates;
}

interface Foundation {
  readonly store: Store;
  readonly events: EventBus & EventTap;
  readonly keys: OpenedKeys['control'];
  readonly bus: () => MasterBus;
  readonly damage: DamageReport;
  /** Of the keys. */
  readonly reloadable: Reloadable;
}

/** What runners see of the automation, which needs runners itself. */
interface LaterAutomation extends AutomationMemory {
  made?: Automation;
  orchestrator?: Orchestrator;
  reactor(): Automation['reactor'];
}

// oxlint-disable-next-line max-lines-per-function -- wires parts that need each other
async function createParts(
  options: StartMasterOptions,
  { store, events, keys, bus, ...rest }: Foundation,
): Promise<Parts> {
  const { config, clock, logger, version, configDirectory, failpoints = noFailpoints } = options;
  const optionValues = toOptions(options);
  const directory = await openDirectory(
    { ...options, nodegroups: () => dictOption(optionValues, 'nodegroups') },
    { store, keys },
  );
  const access = await openAccess({ config, options: optionValues, directory, clock, logger, failpoints });
  const nextJid = createJidGenerator(() => clock.now(), await store.lastJid());
  const memory = openAutomationMemory(config.cachedir, {
    ...{ events, clock, failpoints, damage: rest.damage },
  });
  const dispatcher = createDispatcher({
    ...{ store, directory, events, clock, transport: transportOver(bus), nextJid },
    ...{ onReport: memory.onReport, isNews: memory.isNews },
    everyReturner: returnNames(config.ext_job_cache),
    policy: (request, caller) => access.engine.judgeJob(request, caller),
    targetFor: (target, caller) => access.engine.targetFor(target, caller),
    logger: logger.child({ component: 'jobs' }),
    random: Math.random,
  });
  const files = openFiles(config, {
    ...{ store: memory.store, events, clock, failpoints, logger: logger.child({ component: 'files' }) },
  });
  const mine = createMineService({ directory, access: optionValues.get('mine_get'), logger });
  const made: { runners?: Parts['runners']; wheel?: WheelControl } = {};
  const functions = { runners: () => requirePart(made.runners), wheel: () => requirePart(made.wheel) };
  const pillar = await openPillar({ ...options, functions });
  const presence = watchPresence(options, { directory, events, bus });
  const judged = { engine: access.engine, announce: createAnnounce(events, nextJid, () => clock.now()) };
  const localCalls = createLocalCalls({
    ...{ options: optionValues, nextJid, clock, logger: logger.child({ component: 'calls' }) },
    configFile: join(configDirectory, 'master'),
  });
  const automated: LaterAutomation = { ...memory, reactor: () => requirePart(automated.made).reactor };
  const orchestrator = (): Orchestrator => requirePart(automated.orchestrator);
  const runners = createRunnerControl({
    ...judged,
    services: {
      ...{ clock, logger, orchestrator, localCalls, configDirectory },
      ...{ store, dispatcher, directory, presence, keys, mine, events, files: files.files, treeUpdates: files.updates },
      ...{ pillar: pillar.whole, pillarCache: pillar.cache },
      ...{ options: optionValues, access: access.control, automation: automated },
      ...{ failpoints, redactionKey: await openRedactionKey(config.pki_dir) },
    },
  });
  const wheel = createWheelControl({
    ...judged,
    services: {
      ...{ keys, directory, options: optionValues, configDirectory },
      writers: guard('wheel', wheelWriters, failpoints),
    },
    stamp: () => stampOf(clock.now()),
  });
  Object.assign(made, { runners, wheel });
  automated.orchestrator = await openOrchestrator({
    ...{ config, store, dispatcher, events, clock, nextJid, logger, options: optionValues, configDirectory },
    ...{ memory: memory.store, runners: () => runners, wheel: () => wheel, failpoints },
  });
  const returns = await openReturns({ config, options: optionValues, events, clock, logger, failpoints });
  const automation = createAutomation({
    ...{ failpoints, outbox: returns.outbox, attach: async (jid) => orchestrator().attach(jid) },
    ...{ memory, runners, wheel, dispatcher, events, clock, logger, nextJid, options: optionValues, configDirectory },
  });
  automated.made = automation;
  const peers = peersOf(options, { directory, dispatcher, runners, nextJid });
  const reloadables = [
    ...[rest.reloadable, access.reloadable, ...files.reloadables, ...automation.reloadables],
    { prepare: () => () => pillar.renew() },
    tellSharedOptions({ options: optionValues, bus, clock, logger }),
  ];
  const { received, updates: treeUpdates } = files;
  const services = { dispatcher, directory, files: files.files, received, mine, peers, pillar: pillar.told, events };
  const parts = { runners, wheel, access, presence, automation, localCalls, returns, treeUpdates };
  const own = { ...parts, orchestrator: orchestrator() };
  return {
    ...{ ...services, ...own, pillarCache: pillar.cache, optionValues, reloadables, masterVersion: version },
    sharedOptions: () => sharedOptions(optionValues),
    revokeKey: createKeyRevocation({ options: optionValues, keys, clock, logger }),
  };
}

// oxlint-disable-next-line max-lines-per-function -- opens and closes parts in an order that matters
async function open(
  { config, clock, logger, ...options }: StartMasterOptions,
  parts: Parts & {
    readonly store: Store;
    readonly keys: OpenedKeys['control'];
    readonly bus: MasterBus;
    readonly damage: DamageReport;
  },
): Promise<RunningMaster> {
  const { dispatcher, bus, store, pillar, access, presence, automation, localCalls, orchestrator } = parts;
  const front = createFront(
    {
      config,
      logger,
      options: parts.optionValues,
      startedAt: clock.now(),
      clock,
      ...options,
    },
    parts,
  );
  const stopPruning = startPruning({ store, clock, logger, keepSeconds: config.keep_jobs_seconds });
  const close = async (): Promise<void> => {
    stopPruning();
    parts.treeUpdates.stop();
    await orchestrator.stop();
    await automation.stop();
    presence.stop();
    dispatcher.stop();
    await front.close();
    await bus.stop();
    await pillar.close();
    await localCalls.close();
    await parts.returns.close();
    await store.close();
    await automation.close();
    await access.close();
  };
  try {
    const ports = await bus.start();
    await settleGone({ store, dispatcher, keys: parts.keys, directory: parts.directory });
    await dispatcher.start();
    await orchestrator.start();
    await automation.start();
    // Last: a job that comes in by a door is published at once.
    const doors = await front.open();
    parts.treeUpdates.start();
    parts.damage.announce(parts.events);
    logger.info('master listens', { ...ports, ...doors });
    const reload = createReload({
      ...{ config, logger, options: parts.optionValues, parts: [...parts.reloadables, front.reloadable] },
      toOptions: (next) => toOptions({ config: next, version: options.version }),
    });
    return { ...ports, socketPath: doors.socketPath, reload, failed: parts.damage.failed, stop: close };
  } catch (error) {
    await close();
    throw error;
  }
}

function requirePart<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('the master is not up yet');
  return part;
}
