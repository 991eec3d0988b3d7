import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';

/** Has the beacons of the daemon do something. Throws when no daemon runs here. */
export async function ask({ companions }: FunctionContext, request: Readonly<Record<string, Value>>): Promise<Value> {
  if (companions === undefined) throw failure('Beacons are a part of the minion daemon, and none runs here.');
  return companions.ask('beacons', new Map<Value, Value>(Object.entries(request)));
}

/** The beacons that are configured, by name. */
export async function listed(
  context: FunctionContext,
  where: { readonly pillar: boolean; readonly opts: boolean } = { pillar: true, opts: true },
): Promise<Dict> {
  const answer = await ask(context, { func: 'list', include_pillar: where.pillar, include_opts: where.opts });
  return isDict(answer) ? answer : new Map();
}

/** What a request that changes beacons came to: the beacons as they are now, or why nothing changed. */
export async function change(
  context: FunctionContext,
  request: Readonly<Record<string, Value>>,
): Promise<{ readonly beacons: Dict; readonly refusal: string | undefined }> {
  const answer = await ask(context, request);
  const told: Dict = isDict(answer) ? answer : new Map();
  const beacons = told.get('beacons') ?? null;
  const isComplete = told.get('complete') === true;
  return {
    beacons: isDict(beacons) ? beacons : new Map(),
    refusal: isComplete ? undefined : pythonStr(told.get('comment') ?? ''),
  };
}
