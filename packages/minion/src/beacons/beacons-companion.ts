import {
  copyValue,
  equalValues,
  isDict,
  pythonStr,
  setOrDelete,
  type Clock,
  type Dict,
  type Logger,
  type Value,
} from '@brine/common';
import { beaconTable, readBeaconSettings, type BeaconContext } from '@brine/modules';
import type { Companion, CompanionHost } from '../daemon/companion.ts';
import { faultOfBeacon, isEnabled, startBeaconLoop, withEnabled, type BeaconLoop } from './beacon-loop.ts';
import { createBeaconOutbox } from './beacon-outbox.ts';

/** What the beacons of a minion are made of. */
export interface BeaconsOptions {
  /** The minion's configuration under Salt's key names. */
  readonly options: Dict;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What beacons look with, but for functions. */
  readonly eyes: Omit<BeaconContext, 'call' | 'log' | 'now'>;
}

interface Beacons extends BeaconsOptions {
  readonly host: CompanionHost;
  readonly id: string;
  readonly loops: Map<string, BeaconLoop>;
  readonly outbox: ReturnType<typeof createBeaconOutbox>;
  /** Of the configuration, as functions changed it. */
  own: Dict;
  /** As the configuration said it last. */
  configured: Dict;
  pillar: Dict;
  hasBegun: boolean;
}

const mostWaiting = 1000;

/** The beacons of a minion: those of the configuration, what functions made of them, and those of the pillar. */
export function createBeaconsCompanion(options: BeaconsOptions, host: CompanionHost): Companion {
  const configured = dictOf(options.options.get('beacons'));
  const beacons: Beacons = {
    ...options,
    host,
    id: pythonStr(options.options.get('id') ?? ''),
    loops: new Map(),
    outbox: createBeaconOutbox({
      logger: options.logger,
      limit: mostWaiting,
      isConnected: () => host.isConnected(),
      send: (tag, payload) => host.fire(tag, payload),
    }),
    own: new Map(configured),
    configured,
    pillar: new Map(),
    hasBegun: false,
  };
  return {
    name: 'beacons',
    start: () => {
      beacons.hasBegun = true;
      apply(beacons);
    },
    stop: () => {
      beacons.hasBegun = false;
      apply(beacons);
    },
    connected: () => beacons.outbox.wake(),
    setPillar: (pillar) => {
      beacons.pillar = dictOf(pillar.get('beacons'));
      apply(beacons);
    },
    configure: (changed) => {
      configure(beacons, changed.get('beacons') ?? null);
      apply(beacons);
    },
    answer: (request) => answer(beacons, request),
  };
}

/**
 * Takes over what the configuration says otherwise than before. What functions made of a beacon stays, and so does a
 * beacon whose new settings are no good.
 */
function configure(beacons: Beacons, given: Value): void {
  const { configured, own, logger } = beacons;
  if (given !== null && !isDict(given)) {
    logger.error('beacons must be a mapping; those before stay', {});
    return;
  }
  const wanted = given ?? new Map<Value, Value>();
  const known: Dict = new Map(configured);
  for (const key of new Set([...configured.keys(), ...wanted.keys()])) {
    const [before, now] = [configured.get(key), wanted.get(key)];
    if (isSame(before, now)) continue;
    const fault = now === undefined || key === 'enabled' ? undefined : faultOfBeacon(pythonStr(key), now);
    if (fault !== undefined && before !== undefined) {
      logger.error('beacon configuration is invalid; the one before stays', { beacon: pythonStr(key), fault });
      continue;
    }
    setOrDelete(known, key, now);
    if (isAsConfigured(own.get(key), before)) setOrDelete(own, key, now);
  }
  beacons.configured = known;
}

/** Whether no function changed it; one with `run_once` switches itself off. */
function isAsConfigured(own: Value | undefined, configured: Value | undefined): boolean {
  if (isSame(own, configured)) return true;
  if (configured === undefined || readBeaconSettings(configured)?.get('run_once') !== true) return false;
  return isSame(own, withEnabled(configured, false));
}

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return one === undefined || other === undefined ? one === other : equalValues(one, other);
}

function dictOf(value: Value | undefined): Dict {
  return isDict(value) ? value : new Map();
}

/** Those of the configuration go before those of the pillar. */
function merged({ own, pillar }: Beacons): Dict {
  return new Map([...pillar, ...own]);
}

/** Brings what runs in line with what is configured; a beacon whose settings stay goes on with what it knows. */
function apply(beacons: Beacons): void {
  const all = merged(beacons);
  const wanted = beacons.hasBegun && all.get('enabled') !== false ? all : new Map<Value, Value>();
  for (const [name, loop] of beacons.loops) {
    const config = wanted.get(name);
    if (config !== undefined && isEnabled(config) && equalValues(config, loop.config)) continue;
    loop.stop();
    beacons.loops.delete(name);
  }
  for (const [key, config] of wanted) {
    const name = pythonStr(key);
    if (name === 'enabled' || beacons.loops.has(name) || !isEnabled(config)) continue;
    const loop = startLoop(beacons, name, config);
    if (loop !== undefined) beacons.loops.set(name, loop);
  }
}

function startLoop(beacons: Beacons, name: string, config: Value): BeaconLoop | undefined {
  const { clock, host, options, id } = beacons;
  const logger = beacons.logger.child({ beacon: name });
  return startBeaconLoop({
    ...{ name, config, clock, logger },
    standardInterval: () => {
      const seconds = Number(options.get('loop_interval') ?? 1);
      return (seconds > 0 ? seconds : 1) * 1000;
    },
    context: {
      ...beacons.eyes,
      log: logger,
      now: () => clock.now(),
      call: (fun, positional, keyword) => host.call(fun, positional, keyword),
    },
    isApplying: () => host.running().some((fun) => /^(state|converge)\./.test(fun)),
    tell: (tag, payload) => {
      const said: Dict = new Map(payload);
      if (!said.has('id')) said.set('id', id);
      beacons.outbox.put(`salt/beacon/${id}/${name}/${tag}`, said);
    },
    finished: () => {
      beacons.own = new Map([...beacons.own, [name, withEnabled(config, false)]]);
      apply(beacons);
    },
  });
}

type Change = (beacons: Beacons, name: string, request: Dict) => void;

const changes: Readonly<Record<string, Change>> = {
  add: ({ own }, name, request) => own.set(name, request.get('beacon_data') ?? []),
  modify: ({ own }, name, request) => own.set(name, request.get('beacon_data') ?? []),
  delete: ({ own }, name) => own.delete(name),
  enable: ({ own }) => own.set('enabled', true),
  disable: ({ own }) => own.set('enabled', false),
  enable_beacon: ({ own }, name) => own.set(name, withEnabled(own.get(name) ?? [], true)),
  disable_beacon: ({ own }, name) => own.set(name, withEnabled(own.get(name) ?? [], false)),
  reset: ({ own }) => own.clear(),
};

/** How a beacon of the pillar is refused to be changed. */
const verbsOf: Readonly<Record<string, string>> = {
  add: 'update',
  modify: 'modify',
  delete: 'delete',
  enable_beacon: 'enable',
  disable_beacon: 'disable',
};

function answer(beacons: Beacons, request: Dict): Value {
  const func = pythonStr(request.get('func') ?? '');
  const name = pythonStr(request.get('name') ?? '');
  if (func === 'list') {
    const pillar = request.get('include_pillar') === false ? [] : beacons.pillar;
    const own = request.get('include_opts') === false ? [] : beacons.own;
    return copyValue(new Map([...pillar, ...own]));
  }
  if (func === 'list_available') return [...beaconTable.keys()].toSorted();
  const change = changes[func];
  if (change === undefined) return null;
  const verb = verbsOf[func];
  if (verb !== undefined && beacons.pillar.has(name)) {
    const why = func === 'add' ? ', because it is configured in pillar.' : ', it is configured in pillar.';
    return told(beacons, false, `Cannot ${verb} beacon item ${name}${why}`);
  }
  change(beacons, name, request);
  apply(beacons);
  return told(beacons, true, '');
}

function told({ own }: Beacons, complete: boolean, comment: string): Dict {
  return new Map<Value, Value>([
    ['complete', complete],
    ['comment', comment],
    ['beacons', copyValue(own)],
  ]);
}
