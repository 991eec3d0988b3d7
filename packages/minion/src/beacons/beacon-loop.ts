import { isDict, pythonStr, type Clock, type Dict, type Logger, type Timer, type Value } from '@brine/common';
import {
  beaconTable,
  readBeaconSettings,
  validateBeacon,
  withoutLoopKeys,
  type BeaconContext,
  type BeaconDeclaration,
  type BeaconProbe,
} from '@brine/modules';

/** One configured beacon at work. */
export interface BeaconLoop {
  readonly config: Value;
  stop(): void;
}

/** What a loop is made of. */
export interface BeaconLoopOptions {
  /** Its name in the configuration. */
  readonly name: string;
  readonly config: Value;
  readonly context: BeaconContext;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Milliseconds between two looks of a beacon without an interval, as it is now. */
  readonly standardInterval: () => number;
  /** Whether states are being applied. */
  readonly isApplying: () => boolean;
  readonly tell: (tag: string, payload: Dict) => void;
  /** A beacon with `run_once` has run. */
  readonly finished: () => void;
}

// More of one look is a flood that nobody reads.
const mostPerLook = 1000;

/** Begins a loop; `undefined`, with the reason in the log, when the configuration is no good. */
export function startBeaconLoop(options: BeaconLoopOptions): BeaconLoop | undefined {
  const { name, config, logger, clock, standardInterval } = options;
  const { settings, kind, declaration } = find(name, config);
  if (declaration === undefined) {
    logger.warn('there is no such beacon', { beacon: name, module: kind });
    return undefined;
  }
  const fault = validateBeacon(declaration, config);
  if (fault !== undefined || settings === undefined) {
    logger.error('beacon configuration is invalid', { beacon: name, fault });
    return undefined;
  }
  const probe = declaration.create(options.context);
  const seconds = Number(settings.get('interval') ?? Number.NaN);
  let timer: Timer | undefined;
  let isStopped = false;
  // The next look is counted from the end of the last: looks never pile up, whatever clock or machine do.
  const plan = (delay: number): void => {
    timer = clock.after(delay, () => void turn());
  };
  const turn = async (): Promise<void> => {
    await look(options, probe, { settings, kind });
    if (isStopped) return;
    if (settings.get('run_once') === true) options.finished();
    else plan(seconds > 0 ? seconds * 1000 : standardInterval());
  };
  plan(0);
  return {
    config,
    stop: () => {
      isStopped = true;
      timer?.cancel();
      probe.close?.();
    },
  };
}

/** What is wrong with a beacon of the configuration. */
export function faultOfBeacon(name: string, config: Value): string | undefined {
  const { kind, declaration } = find(name, config);
  return declaration === undefined ? `there is no beacon ${kind}` : validateBeacon(declaration, config);
}

function find(
  name: string,
  config: Value,
): { readonly settings: Dict | undefined; readonly kind: string; readonly declaration: BeaconDeclaration | undefined } {
  const settings = readBeaconSettings(config);
  const kind = pythonStr(settings?.get('beacon_module') ?? name);
  return { settings, kind, declaration: beaconTable.get(kind) };
}

async function look(
  { name, isApplying, tell, logger }: BeaconLoopOptions,
  probe: BeaconProbe,
  { settings, kind }: { readonly settings: Dict; readonly kind: string },
): Promise<void> {
  if (settings.get('disable_during_state_run') === true && isApplying()) {
    // What states change meanwhile is not told of afterwards either.
    probe.close?.();
    return;
  }
  try {
    const events = await probe.look(withoutLoopKeys(settings));
    if (events.length > mostPerLook)
      logger.warn('a beacon has too much to tell; the rest is dropped', { beacon: name, events: events.length });
    for (const event of events.slice(0, mostPerLook)) tellOf(tell, event);
  } catch (error) {
    logger.error('beacon failed', { beacon: name, error });
    const message = error instanceof Error ? error.message : String(error);
    tell(
      '',
      new Map<Value, Value>([
        ['error', message],
        ['beacon_name', kind],
      ]),
    );
  }
}

function tellOf(tell: BeaconLoopOptions['tell'], event: Dict): void {
  const payload: Dict = new Map(event);
  const tag = pythonStr(payload.get('tag') ?? '');
  payload.delete('tag');
  tell(tag, payload);
}

/** Whether a beacon is switched on. */
export function isEnabled(config: Value): boolean {
  const settings = readBeaconSettings(config);
  return settings === undefined || settings.get('enabled') !== false;
}

/** Switches a beacon on or off in its configuration. */
export function withEnabled(config: Value, enabled: boolean): Value {
  if (isDict(config)) return new Map([...config, ['enabled', enabled]]);
  if (!Array.isArray(config)) return config;
  const others = config.filter((item) => !(isDict(item) && item.has('enabled')));
  return [...others, new Map([['enabled', enabled]])];
}
