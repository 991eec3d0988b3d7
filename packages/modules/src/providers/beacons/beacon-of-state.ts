import type { CheckOutcome, Dict, Value } from '@brine/common';
import { dict, fails, flag, isOk, optional, text, withDefault, type Host, type StateContext } from '../../kit/index.ts';
import { checkBeaconPresent } from './check-present.ts';

/** The arguments that the `mod_beacon` of all modules have. */
export const beaconOfStateArguments = {
  name: text().describe('What the state keeps, which the beacon is to watch.'),
  sfun: optional(text()).describe('The function of the state that has `beacon: True`.'),
  beacon: withDefault(flag(), false).describe('Whether there is to be a beacon.'),
  beacon_data: optional(dict()).describe('Settings of the beacon.'),
};

/** A beacon that goes with a state. */
export interface BeaconOfState {
  readonly name: string;
  /** As `pkg.installed`. */
  readonly fun: string;
  /** Whether there is a beacon for this function. */
  readonly isFit: boolean;
  readonly beacon: boolean;
  /** The kind of the beacon. */
  readonly kind: string;
  readonly settings: Dict;
}

/** Keeps the beacon that a state asks for by `beacon: True`. */
export async function checkBeaconOfState(wish: BeaconOfState, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name, fun, kind } = wish;
  if (!wish.isFit) return fails(`${fun} does not work with the beacon state function`);
  if (!wish.beacon) return isOk('Not adding beacon.');
  const settings = new Map<Value, Value>([...wish.settings, ['beacon_module', kind]]);
  return checkBeaconPresent({ name: `beacon_${kind}_${name}`, save: false, settings }, context);
}
