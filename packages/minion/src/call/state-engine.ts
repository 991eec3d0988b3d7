import path from 'node:path';
import {
  AppError,
  encodeValue,
  noFailpoints,
  pythonStr,
  type Failpoints,
  type StateRuns,
  type Value,
} from '@brine/common';
import { functionTable, planGrainSync, stateTable } from '@brine/modules';
import type { ModuleContext } from '@brine/modules/kit';
import { createStateRuns, type RequestStore, type RunJournals, type StateRunPorts } from '@brine/sls';
import { watchLeftFiles } from '../converge/left-files.ts';
import { ledgerFile, openLedger } from '../ownership/ledger-file-store.ts';
import { recordOwnership } from '../ownership/record-ownership.ts';
import { createRunFileStore, stateJournalFolder, type RunFileStore } from '../state-journal/run-file-store.ts';
import { createRunJournals } from '../state-journal/run-journals.ts';
import { createStateLockPort } from '../state-lock/state-lock-port.ts';
import { createStateLock } from '../state-lock/state-lock.ts';
import { openTicketStore } from '../state-lock/ticket-store.ts';
import { createPauseStore } from '../store/pause-store.ts';
import { createStateRequestStore } from '../store/state-request-store.ts';
import { guard } from '../worker/failpoints.ts';
import type { CallParts } from './call-parts.ts';
import { createConditionPort } from './condition-port.ts';
import { readLocalConfig } from './local-config.ts';
import { ask } from './master-link.ts';
import { paceProgress } from './pace-progress.ts';
import { redactJournals } from './redact-journals.ts';
import { redactRequests } from './redact-requests.ts';
import { createStateLibrary } from './state-library.ts';

/** The state engine of a call, wired to its tree, its templates, its pillar and this machine. */
export async function createStateEngine(parts: CallParts): Promise<StateRuns> {
  const ports = await createPorts(parts);
  const { onLeft } = parts.request;
  if (onLeft === undefined) return createStateRuns(ports);
  const watched = watchLeftFiles(ports.library, () => ports.clock.now());
  const engine = createStateRuns({ ...ports, library: watched.library });
  return { run: (request) => engine.run(request).finally(() => onLeft(watched.left())) };
}

async function createPorts(parts: CallParts): Promise<StateRunPorts> {
  const { request, host } = parts;
  const cache = pythonStr(request.options.get('cachedir') ?? '');
  const lock = createStateLock(() => openTicketStore(path.join(cache, 'state-lock')));
  await parts.grains.current();
  return {
    files: (await parts.tree()).files,
    renderer: (await parts.templates()).renderer,
    library: createStateLibrary({
      table: { states: stateTable },
      host,
      moduleContext: (step) => contextOf(step.tag, parts),
      keepSecret: parts.keepSecret,
    }),
    conditions: createConditionPort(host, parts.callNested),
    pillar: (wanted) => parts.pillar.forRun(wanted),
    grains: () => parts.grains.peek(),
    options: parts.options(),
    minionId: request.minionId,
    jid: request.jid,
    clock: request.clock,
    log: request.log,
    signal: request.signal,
    lock: createStateLockPort(lock, request.jid),
    ...keepersOf(parts, cache),
    requests: redactRequests(requestsOf(parts, cache), parts.secrets.redactor),
    syncModules: (kinds, saltenv) => syncModules(parts, kinds, saltenv),
    loadModules: (environments) => loadModules(parts, environments),
    decryptPillar: (value, name) => decryptPillar(parts, value, name),
    readLocalFile: (file) => readText(parts, file),
    withLocalConfig: async (file) => {
      const local = parts.withOptions(await readLocalConfig(parts, file));
      return {
        ports: await createPorts(local),
        close: async () => {
          if (local.templates.isCreated()) await (await local.templates()).engine.close();
        },
      };
    },
    reload: async (what) => {
      if (what === 'grains') await parts.grains.refresh();
    },
    ...progressOf(parts),
    ...eventsOf(parts),
  };
}

async function syncModules(
  { request, callNested }: CallParts,
  kinds: readonly string[],
  saltenv: string,
): Promise<void> {
  for (const kind of kinds) {
    const sync = `saltutil.sync_${kind}`;
    if (Object.hasOwn(functionTable, sync)) await callNested(sync, [], new Map([['saltenv', saltenv]]));
    else request.log.warn('sync_mods names no kind of modules', { kind });
  }
}

/** As Salt's `autoload_dynamic_modules`: what the tree ships is here before its states are rendered. */
async function loadModules(
  { request, host, grains, moduleContext }: CallParts,
  saltenvs: readonly string[],
): Promise<boolean> {
  if (request.options.get('autoload_dynamic_modules') === false || request.orchestration !== undefined) return false;
  const plan = await planGrainSync({ saltenvs }, { ...moduleContext(), host });
  if (plan.synced.length + plan.removed.length === 0) return false;
  request.log.info('modules of grains were synced', { synced: plan.synced, removed: plan.removed });
  await plan.perform(host);
  await grains.refresh();
  return true;
}

function contextOf(tag: string, { request: { orchestration }, moduleContext }: CallParts): ModuleContext {
  return orchestration === undefined
    ? moduleContext()
    : { ...moduleContext(), orchestration: orchestration.portFor(tag) };
}

/** What is written down of a run, and what steers it. */
function keepersOf(parts: CallParts, cache: string): Pick<StateRunPorts, 'journals' | 'pauses' | 'pin'> {
  const { orchestration, failpoints = noFailpoints } = parts.request;
  if (orchestration === undefined) {
    const marks = createPauseStore(path.join(cache, 'state_pause'));
    return { journals: createJournals(parts, cache), pauses: guard('pauses', marks, failpoints) };
  }
  const { journals, pauses, pin } = orchestration;
  return { journals, pauses, pin };
}

function requestsOf({ request }: CallParts, cache: string): RequestStore {
  return guard(
    'state-requests',
    createStateRequestStore(path.join(cache, 'req_state.p')),
    request.failpoints ?? noFailpoints,
  );
}

/** The ledger is outside: it goes by the steps as they are. */
function createJournals({ request, secrets }: CallParts, cache: string): RunJournals {
  const { jid, clock, log, user = 'root', onManaged, failpoints = noFailpoints } = request;
  const store = guardRunFiles(createRunFileStore(path.join(cache, stateJournalFolder)), failpoints);
  return recordOwnership(redactJournals(createRunJournals({ store, jid, clock, log }), secrets.redactor), {
    ledger: guard('ledger', openLedger(path.join(cache, ledgerFile)), failpoints),
    run: { jid, user },
    redactor: secrets.redactor,
    log,
    now: () => clock.now(),
    ...(onManaged && { onManaged }),
  });
}

function guardRunFiles(store: RunFileStore, failpoints: Failpoints): RunFileStore {
  const create: RunFileStore['create'] = async (...given) =>
    guard('run-journal', await store.create(...given), failpoints);
  return guard('state-journal', { ...store, create }, failpoints);
}

function progressOf({ request }: CallParts): Pick<StateRunPorts, 'progress'> {
  const { onProgress, jid, orchestration } = request;
  if (onProgress === undefined) return {};
  // Steps of orchestrations are few, and each may take its time.
  const tell = orchestration === undefined ? paceProgress(onProgress, request.clock) : onProgress;
  return {
    progress: ({ done, total, failed, current }) =>
      tell({ jid, done, total, failed, ...(current === undefined ? {} : { current }) }),
  };
}

function eventsOf({ request: { link, log, orchestration } }: CallParts): Pick<StateRunPorts, 'events'> {
  if (orchestration !== undefined) return { events: orchestration.events };
  if (link === undefined) return {};
  return {
    events: {
      fire: async (tag, content) => {
        // An event that cannot be told is no reason to end a run.
        await ask(link, 'event.fire', { tag, payload: encodeValue(content) }).catch((error: unknown) => {
          log.warn('an event could not be fired', { tag, error });
        });
      },
    },
  };
}

/** Throws `pillar-decrypt` when there is no such renderer, or it may not be used for pillar. */
async function decryptPillar({ templates, options }: CallParts, value: Value, name: string): Promise<Value> {
  const { decrypters } = await templates();
  const listed = options().get('decrypt_pillar_renderers');
  const usable = [...decrypters.keys()].filter((one) => !Array.isArray(listed) || listed.includes(one));
  const decrypt = usable.includes(name) ? decrypters.get(name) : undefined;
  if (decrypt !== undefined) return decrypt(value);
  const message = `'${name}' is not a valid decryption renderer. Valid choices are: ${usable.join(', ')}`;
  throw new AppError({ code: 'pillar-decrypt', message });
}

async function readText({ host }: CallParts, file: string): Promise<string | undefined> {
  const bytes = await host.files.read(file);
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
