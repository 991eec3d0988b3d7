import { isDict, pythonStr, type Dict, type Value, type StateAnswer, type StateRequest } from '@brine/common';
import { refused, type RequestArguments } from './request-arguments.ts';
import type { StateRunPorts } from './state-run-ports.ts';

/** Where `state.request` leaves what it asks for: name → `{test_run, mods, kwargs}`. */
export interface RequestStore {
  read(): Promise<Dict>;
  /** Replaces everything, all or nothing. */
  write(requests: Dict): Promise<void>;
}

/** Calls another entry point of the engine. */
export type RunState = (request: StateRequest) => Promise<StateAnswer>;

/** `state.request`: foretells a run and keeps it, for an administrator of the machine to start. */
export async function keepRequest(
  ports: StateRunPorts,
  request: Pick<StateRequest, 'positional' | 'keyword'>,
  run: RunState,
): Promise<StateAnswer> {
  const store = storeOf(ports);
  const keyword: Dict = new Map(request.keyword);
  const [mods = keyword.get('mods') ?? null] = request.positional;
  const name = nameOf(keyword.get('name'));
  keyword.delete('mods');
  const kwargs: Dict = new Map(keyword).set('test', true);
  keyword.set('test', true).delete('name');
  const answer = await run({ kind: 'apply', positional: [], keyword: withMods(keyword, mods) });
  const kept: Dict = new Map<Value, Value>([
    ['test_run', answer.value],
    ['mods', mods],
    ['kwargs', kwargs],
  ]);
  await store.write(new Map(await store.read()).set(name, kept));
  return answer;
}

/** `state.run_request`: starts a kept run, with what the call adds to its arguments, and forgets it. */
export async function runKeptRequest(
  ports: StateRunPorts,
  request: Pick<StateRequest, 'positional' | 'keyword'>,
  run: RunState,
): Promise<StateAnswer> {
  const store = storeOf(ports);
  const more: Dict = new Map(request.keyword);
  const name = nameOf(request.positional[0] ?? more.get('name'));
  more.delete('name');
  const kept = (await store.read()).get(name);
  const kwargs = isDict(kept) ? kept.get('kwargs') : undefined;
  if (!isDict(kept) || !isDict(kwargs)) return { value: new Map(), retcode: 0 };
  const keyword: Dict = new Map([...kwargs, ...more]);
  keyword.delete('name');
  if (!more.has('test')) keyword.delete('test');
  const answer = await run({ kind: 'apply', positional: [], keyword: withMods(keyword, kept.get('mods') ?? null) });
  await forget(store, name);
  return answer;
}

/** `state.check_request`: everything that is kept, or what is kept under a name. */
export async function showRequests(ports: StateRunPorts, given: RequestArguments): Promise<StateAnswer> {
  const requests = await storeOf(ports).read();
  const name = given.get('name');
  return { value: name === undefined ? requests : (requests.get(pythonStr(name)) ?? new Map()), retcode: 0 };
}

/** `state.clear_request`: forgets everything, or what is kept under a name; false when others are kept, but not that one. */
export async function clearRequests(ports: StateRunPorts, given: RequestArguments): Promise<StateAnswer> {
  const store = storeOf(ports);
  const name = given.get('name');
  const isEmpty = (await store.read()).size === 0;
  if (name === undefined) await store.write(new Map());
  return { value: isEmpty || name === undefined || (await forget(store, pythonStr(name))), retcode: 0 };
}

async function forget(store: RequestStore, name: string): Promise<boolean> {
  const requests: Dict = new Map(await store.read());
  const wasKept = requests.delete(name);
  if (wasKept) await store.write(requests);
  return wasKept;
}

function storeOf({ requests }: StateRunPorts): RequestStore {
  if (requests === undefined) throw refused('state requests cannot be kept here');
  return requests;
}

function nameOf(name: Value | undefined): string {
  return name === undefined || name === null ? 'default' : pythonStr(name);
}

function withMods(keyword: Dict, mods: Value): Dict {
  return mods === null ? keyword : new Map<Value, Value>([['mods', mods], ...keyword]);
}
