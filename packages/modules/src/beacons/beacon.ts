import { isDict, pythonStr, type Dict, type Logger, type Value } from '@brine/common';
import type { Follower } from '../host/local/follow-program.ts';
import type { ReadHost } from '../kit/host.ts';
import type { Machine } from '../kit/machine.ts';

/** What a beacon gets to look with. It never changes the machine. */
export interface BeaconContext {
  readonly host: ReadHost;
  readonly machine: Machine;
  readonly log: Logger;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Calls an execution function in a worker process. Throws what that throws. */
  readonly call: (name: string, positional: readonly Value[], keyword?: Dict) => Promise<Value>;
  /** Bytes of the file system at a path; `undefined` when there is none. */
  readonly space: (path: string) => Promise<FileSystemSpace | undefined>;
  /** Tells of what happens in a folder, by the name it happens to. Throws when it cannot be watched. */
  readonly watch: (folder: string, onEvent: (name: string | undefined) => void) => { close(): void };
  /** Starts a program that changes nothing and tells of the lines it writes to its standard error, until it is closed. */
  readonly follow: (command: readonly string[], follower: Follower) => { close(): void };
}

/** How full a file system is, in bytes; `available` is what others than root may still use. */
export interface FileSystemSpace {
  readonly total: number;
  readonly free: number;
  readonly available: number;
}

/** A beacon at work: what it remembers from one look to the next is its own. */
export interface BeaconProbe {
  /** What there is to tell now; the member `tag` becomes the end of the event's tag. */
  look(config: Dict): Promise<readonly Dict[]> | readonly Dict[];
  close?(): void;
}

/** A kind of beacon. */
export interface BeaconDeclaration {
  /** Its name in the configuration, e.g. `diskusage`. */
  readonly name: string;
  readonly summary: string;
  /** Its configuration, as YAML. */
  readonly example: string;
  /** What is wrong with a configuration, in Salt's words. */
  validate(config: Dict): string | undefined;
  create(context: BeaconContext): BeaconProbe;
}

/** Keys that the loop reads and beacons do not see. */
export const loopKeys: ReadonlySet<Value> = new Set([
  ...['interval', 'disable_during_state_run', 'enabled', 'beacon_module', 'run_once'],
]);

/** The settings of a beacon, written as a list of mappings or as one; `undefined` for anything else. */
export function readBeaconSettings(config: Value): Dict | undefined {
  if (isDict(config)) return config;
  if (!Array.isArray(config)) return undefined;
  const settings: Dict = new Map();
  for (const item of config) {
    if (!isDict(item)) return undefined;
    for (const [key, value] of item) settings.set(key, value);
  }
  return settings;
}

/** What is wrong with the configuration of a beacon of this kind. */
export function validateBeacon(declaration: BeaconDeclaration, config: Value): string | undefined {
  const settings = readBeaconSettings(config);
  if (settings === undefined) return `Configuration for ${declaration.name} beacon must be a list.`;
  return declaration.validate(withoutLoopKeys(settings));
}

/** The settings that the beacon itself reads. */
export function withoutLoopKeys(settings: Dict): Dict {
  return new Map([...settings].filter(([key]) => !loopKeys.has(key)));
}

/** The mapping that a setting is; an empty one when it is none. */
export function mappingOf(config: Dict, key: string): Dict {
  const value = config.get(key);
  return isDict(value) ? value : new Map();
}

/** A number of percent, written `63%` or `63`. */
export function percentOf(value: Value | undefined): number {
  return Number.parseFloat(pythonStr(value ?? '').replace('%', ''));
}

/** A payload, in the order of its members. */
export function payload(...members: readonly (readonly [string, Value])[]): Dict {
  return new Map<Value, Value>(members);
}

/** The text of a file of the kernel; empty when there is none. */
export async function readText({ host }: BeaconContext, path: string): Promise<string> {
  const bytes = await host.files.read(path).catch(() => undefined);
  return bytes === undefined ? '' : new TextDecoder().decode(bytes);
}
