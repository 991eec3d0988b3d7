import { AppError, isDict, pythonStr, type CheckOutcome, type Dict, type Value } from '@brine/common';
import { fails, flag, isOk, text, willChange, withDefault, type Host, type StateContext } from '../../kit/index.ts';
import { savedBeaconsFile, savedBeaconsText } from './saved-beacons.ts';

/** The arguments that all states of beacons have. */
export const nameArgument = { name: text().describe('The name of the beacon.') };
export const saveArgument = {
  save: withDefault(flag(), false).describe('Whether the beacons are written to `beacons.conf` too.'),
};

/** The beacons that are configured, in one place or in both. Throws `state-failed` when no daemon tells. */
export async function listBeacons(context: StateContext, where?: 'opts' | 'pillar'): Promise<Dict> {
  const keywords = new Map<Value, Value>([
    ['return_yaml', false],
    ['include_pillar', where !== 'opts'],
    ['include_opts', where !== 'pillar'],
  ]);
  const beacons = await context.call('beacons.list', [], keywords).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({ code: 'state-failed', message: `the beacons cannot be read: ${reason}`, cause });
  });
  return isDict(beacons) ? beacons : new Map();
}

/** A call of a function of `beacons`, and what a state says of it. */
export interface BeaconCall {
  readonly name: string;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly done: string;
  readonly changes: Readonly<Record<string, string>>;
  readonly save: boolean;
}

const verbs: Readonly<Record<string, string>> = {
  'beacons.modify': 'modify',
  'beacons.delete': 'delete',
  'beacons.enable_beacon': 'enable',
  'beacons.disable_beacon': 'disable',
};

/** The outcome that calls a function; its own dry run says what a dry run says. */
export async function willCall(context: StateContext, call: BeaconCall): Promise<CheckOutcome<Host>> {
  const { name, fun, positional, done, changes, save } = call;
  const verb = verbs[fun];
  if (verb !== undefined && (await listBeacons(context, 'pillar')).has(name)) {
    return fails(`Cannot ${verb} beacon item ${name}, it is configured in pillar.`);
  }
  const foretold = await context.call(fun, positional, new Map<Value, Value>([['test', true]]));
  const comment = [commentOf(foretold), ...(save ? [`Beacon ${name} would be saved`] : [])].join('\n');
  return willChange({ comment, changes }, async () => {
    const answer = await context.call(fun, positional, new Map());
    if (!isDict(answer) || answer.get('result') !== true)
      return { comment: commentOf(answer), changes: {}, failed: true };
    if (!save) return { comment: done, changes };
    const refusal = await saveBeacons(context);
    if (refusal !== undefined) return { comment: refusal, changes, failed: true };
    return { comment: `${done}\nBeacon ${name} saved`, changes };
  });
}

/** The outcome for a beacon that is as it should be in the daemon; with `save` it has to be so in the file too. */
export async function isRight(
  context: StateContext,
  { name, comment, save }: Pick<BeaconCall, 'name' | 'save'> & { readonly comment: string },
): Promise<CheckOutcome<Host>> {
  if (!save) return isOk(comment);
  const file = savedBeaconsFile(context.options);
  const bytes = await context.host.files.read(file);
  const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  if (text === savedBeaconsText(await listBeacons(context, 'opts'))) return isOk(`${comment}\nBeacon ${name} saved`);
  const changes = { [name]: `saved to ${file}` };
  return willChange({ comment: `${comment}\nBeacon ${name} would be saved`, changes }, async () => {
    const refusal = await saveBeacons(context);
    if (refusal !== undefined) return { comment: refusal, changes: {}, failed: true };
    return { comment: `${comment}\nBeacon ${name} saved`, changes };
  });
}

/** Writes the file; answers why it could not be written. */
async function saveBeacons(context: StateContext): Promise<string | undefined> {
  const saved = await context.call('beacons.save', [], new Map());
  return isDict(saved) && saved.get('result') === true ? undefined : commentOf(saved);
}

function commentOf(answer: Value): string {
  return pythonStr(isDict(answer) ? (answer.get('comment') ?? '') : answer);
}

/** Whether a beacon is switched on, which it is unless its configuration says otherwise. */
export function isOn(config: Value): boolean {
  const items = Array.isArray(config) ? config : [config];
  return !items.some((item) => isDict(item) && item.get('enabled') === false);
}
