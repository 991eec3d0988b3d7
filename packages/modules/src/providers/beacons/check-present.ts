import { equalValues, isDict, pythonStr, type CheckOutcome, type Dict, type Value } from '@brine/common';
import { readBeaconSettings, validateBeacon } from '../../beacons/beacon.ts';
import { beaconTable } from '../../beacons/table.ts';
import { fails, type Host, type StateContext } from '../../kit/index.ts';
import { diffTexts } from '../text/unified-diff.ts';
import { isRight, listBeacons, willCall } from './beacon-state.ts';

/** A beacon that is to be configured. */
export interface BeaconWish {
  readonly name: string;
  /** Whether it goes to `beacons.conf` too. */
  readonly save: boolean;
  readonly settings: Dict;
}

/** Compares a beacon with its settings. */
export async function checkBeaconPresent(
  { name, save, settings }: BeaconWish,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const wanted: Value = [...settings].map(([key, value]) => new Map([[key, value]]));
  const current = (await listBeacons(context)).get(name);
  if (current !== undefined && equalValues(current, wanted)) {
    return isRight(context, { name, save, comment: `Job ${name} in correct state` });
  }
  const kind = pythonStr(readBeaconSettings(wanted)?.get('beacon_module') ?? name);
  const declaration = beaconTable.get(kind);
  if (declaration === undefined) return fails(`Beacon "${kind}" is not available.`);
  const problem = validateBeacon(declaration, wanted);
  const [fun, doing, done] =
    current === undefined
      ? ['add', 'adding', `Adding ${name} to beacons`]
      : ['modify', 'modifying', `Modifying ${name} in beacons`];
  if (problem !== undefined) return fails(`Beacon ${name} configuration invalid, not ${doing}.\n${problem}`);
  const changes: Readonly<Record<string, string>> =
    current === undefined ? { [name]: 'added' } : { diff: diffTexts(lines(current), lines(wanted)) };
  return willCall(context, { name, fun: `beacons.${fun}`, positional: [name, wanted], done, changes, save });
}

/** The settings of a beacon, one a line. */
function lines(config: Value): string {
  return (Array.isArray(config) ? config : [config])
    .flatMap((item) => (isDict(item) ? [...item] : []))
    .map(([key, value]) => `${pythonStr(key)}:${pythonStr(value)}\n`)
    .join('');
}
