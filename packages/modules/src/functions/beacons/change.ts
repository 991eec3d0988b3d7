import { equalValues, isDict, pythonStr, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import { anyValue, dict, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { diffTexts } from '../../providers/text/unified-diff.ts';
import { readBeaconSettings, validateBeacon } from '../../beacons/beacon.ts';
import { beaconTable } from '../../beacons/table.ts';
import { isTruthy } from '../../kit/truth.ts';
import { change, listed } from './ask.ts';

const name = text().describe('The name of the beacon.');
const beaconData = anyValue().describe('Its configuration: a list of mappings, or one.');
const kwargs = dict().describe('`test` only tells what would happen.');

/** What is wrong with the configuration of a beacon; a name of its own needs `beacon_module`. */
function fault(beacon: string, config: Value): { readonly kind: string; readonly problem?: string } {
  const kind = pythonStr(readBeaconSettings(config)?.get('beacon_module') ?? beacon);
  const declaration = beaconTable.get(kind);
  const problem = declaration === undefined ? undefined : validateBeacon(declaration, config);
  return { kind, ...(problem === undefined ? {} : { problem }) };
}

export const add = defineFunction({
  name: 'beacons.add',
  summary: 'Adds a beacon; `beacons.save` makes it outlive the daemon.',
  args: z.object({ name, beacon_data: beaconData, kwargs }),
  keywords: 'kwargs',
  examples: [`'*' beacons.add ps "[{'processes': {'salt-master': 'stopped', 'apache2': 'stopped'}}]"`],
  async run({ name: beacon, beacon_data, kwargs: given }, context): Promise<Plain> {
    const answer = (result: boolean, comment: string): Plain => ({ comment, result });
    if ((await listed(context)).has(beacon)) return answer(true, `Beacon ${beacon} is already configured.`);
    const { kind, problem } = fault(beacon, beacon_data);
    if (!beaconTable.has(kind)) return answer(false, `Beacon "${kind}" is not available.`);
    if (isTruthy(given.get('test'))) return answer(true, `Beacon: ${beacon} would be added.`);
    if (problem !== undefined) {
      return answer(false, `Beacon ${beacon} configuration invalid, not adding.\n${problem}`);
    }
    const { refusal } = await change(context, { func: 'add', name: beacon, beacon_data });
    return refusal === undefined ? answer(true, `Added beacon: ${beacon}.`) : answer(false, refusal);
  },
});

/** The settings of a beacon, one a line, as their differences are shown. */
function lines(config: Value): string {
  const items = Array.isArray(config) ? config : [config];
  return items
    .flatMap((item) => (isDict(item) ? [...item] : []))
    .map(([key, value]) => `${pythonStr(key)}:${pythonStr(value)}\n`)
    .join('');
}

export const modify = defineFunction({
  name: 'beacons.modify',
  summary: 'Gives a beacon another configuration.',
  args: z.object({ name, beacon_data: beaconData, kwargs }),
  keywords: 'kwargs',
  examples: [`'*' beacons.modify ps "[{'processes': {'salt-master': 'stopped'}}]"`],
  async run({ name: beacon, beacon_data, kwargs: given }, context): Promise<Plain> {
    const before = (await listed(context)).get(beacon);
    if (before === undefined) return { comment: `Beacon ${beacon} is not configured.`, result: true };
    const { problem } = fault(beacon, beacon_data);
    const changes = { diff: diffTexts(lines(before), lines(beacon_data)) };
    if (isTruthy(given.get('test'))) return { comment: `Beacon: ${beacon} would be modified.`, result: true, changes };
    if (problem !== undefined) {
      return { comment: `Beacon ${beacon} configuration invalid, not modifying.\n${problem}`, result: false };
    }
    if (equalValues(before, beacon_data)) return { comment: `Job ${beacon} in correct state`, result: true };
    const { refusal } = await change(context, { func: 'modify', name: beacon, beacon_data });
    if (refusal !== undefined) return { comment: refusal, result: false };
    return { comment: `Modified beacon: ${beacon}.`, result: true, changes };
  },
});

export const remove = defineFunction({
  name: 'beacons.delete',
  summary: 'Takes a beacon away; one of the pillar stays.',
  args: z.object({ name, kwargs }),
  keywords: 'kwargs',
  examples: ["'*' beacons.delete ps"],
  async run({ name: beacon, kwargs: given }, context): Promise<Plain> {
    if (isTruthy(given.get('test'))) return { comment: `Beacon: ${beacon} would be deleted.`, result: true };
    const { refusal } = await change(context, { func: 'delete', name: beacon });
    if (refusal !== undefined) return { comment: refusal, result: false };
    return { comment: `Deleted beacon: ${beacon}.`, result: true };
  },
});

async function simple(
  context: FunctionContext,
  request: Readonly<Record<string, Value>>,
  done: string,
): Promise<Plain> {
  const { refusal } = await change(context, request);
  return refusal === undefined ? { comment: done, result: true } : { comment: refusal, result: false };
}

function switchAll(kind: 'enable' | 'disable') {
  const done = kind === 'enable' ? 'Enabled' : 'Disabled';
  return defineFunction({
    name: `beacons.${kind}`,
    summary: kind === 'enable' ? 'Switches the beacons on.' : 'Switches all beacons off.',
    args: z.object({ kwargs }),
    keywords: 'kwargs',
    examples: [`'*' beacons.${kind}`],
    async run({ kwargs: given }, context): Promise<Plain> {
      if (isTruthy(given.get('test'))) return { comment: `Beacons would be ${done.toLowerCase()}.`, result: true };
      return simple(context, { func: kind }, `${done} beacons on minion.`);
    },
  });
}

function switchOne(kind: 'enable' | 'disable') {
  const done = kind === 'enable' ? 'Enabled' : 'Disabled';
  return defineFunction({
    name: `beacons.${kind}_beacon`,
    summary: kind === 'enable' ? 'Switches a beacon on.' : 'Switches a beacon off.',
    args: z.object({ name, kwargs }),
    keywords: 'kwargs',
    examples: [`'*' beacons.${kind}_beacon ps`],
    async run({ name: beacon, kwargs: given }, context): Promise<Plain> {
      if (beacon === '') return { comment: 'Beacon name is required.', result: false };
      const isKnown = (await listed(context)).has(beacon);
      if (isTruthy(given.get('test')))
        return { comment: `Beacon ${beacon} would be ${done.toLowerCase()}.`, result: true };
      if (!isKnown) return { comment: `Beacon ${beacon} is not currently configured.`, result: false };
      return simple(context, { func: `${kind}_beacon`, name: beacon }, `${done} beacon ${beacon} on minion.`);
    },
  });
}

export const enable = switchAll('enable');
export const disable = switchAll('disable');
export const enableBeacon = switchOne('enable');
export const disableBeacon = switchOne('disable');

export const reset = defineFunction({
  name: 'beacons.reset',
  summary: 'Takes all beacons away but those of the pillar.',
  args: z.object({ kwargs }),
  keywords: 'kwargs',
  examples: ["'*' beacons.reset"],
  async run({ kwargs: given }, context): Promise<Plain> {
    if (isTruthy(given.get('test'))) return { comment: 'Beacons would be reset.', result: true };
    return simple(context, { func: 'reset' }, 'Beacon configuration reset.');
  },
});
