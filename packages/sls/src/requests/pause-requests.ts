import { isInteger, pythonRepr, pythonStr, type Dict, type Value, type StateAnswer } from '@brine/common';
import { everyStep, type PauseMark, type PauseMarks, type PauseStore } from '../run/pause-gate.ts';
import { refused, type RequestArguments } from './request-arguments.ts';
import type { StateRunPorts } from './state-run-ports.ts';

const nothing: StateAnswer = { value: null, retcode: 0 };

/** `state.pause`: holds a run before a step, or before the next one. */
export async function pauseRun(ports: StateRunPorts, given: RequestArguments): Promise<StateAnswer> {
  const seconds = given.get('duration');
  if (seconds !== undefined && !(isInteger(seconds) && seconds >= 0)) {
    throw refused(`duration must be a number of seconds, not ${pythonRepr(seconds)}`);
  }
  return mark(ports, given, seconds === undefined ? {} : { duration: Number(seconds) });
}

/** `state.soft_kill`: ends a run before a step, or before the next one. */
export function softKillRun(ports: StateRunPorts, given: RequestArguments): Promise<StateAnswer> {
  return mark(ports, given, { kill: true });
}

/** `state.resume`: takes the mark of a step back, or all of them. */
export async function resumeRun(ports: StateRunPorts, given: RequestArguments): Promise<StateAnswer> {
  const store = storeOf(ports);
  const jid = readJid(given);
  const marks = new Map(await store.read(jid));
  const id = given.get('state_id');
  if (id === undefined) marks.clear();
  else marks.delete(pythonStr(id));
  await store.write(jid, marks);
  return nothing;
}

/** `state.get_pauses`: the marks of all runs, or of one. */
export async function listPauses(ports: StateRunPorts, given: RequestArguments): Promise<StateAnswer> {
  const store = storeOf(ports);
  const jids = given.get('jid') === undefined ? await store.list() : [readJid(given)];
  const all: Dict = new Map();
  for (const jid of jids) all.set(jid, showMarks(await store.read(jid)));
  return { value: all, retcode: 0 };
}

async function mark(ports: StateRunPorts, given: RequestArguments, wanted: PauseMark): Promise<StateAnswer> {
  const store = storeOf(ports);
  const jid = readJid(given);
  const id = pythonStr(given.get('state_id') ?? everyStep);
  await store.write(jid, new Map(await store.read(jid)).set(id, wanted));
  return nothing;
}

function storeOf({ pauses }: StateRunPorts): PauseStore {
  if (pauses === undefined) throw refused('state runs cannot be paused here');
  return pauses;
}

function readJid(given: RequestArguments): string {
  const jid = pythonStr(given.get('jid') ?? '');
  if (!/^\d{20}$/.test(jid)) throw refused(`'${jid}' is not a job id: twenty digits, as state.running tells`);
  return jid;
}

function showMarks(marks: PauseMarks): Dict {
  return new Map(Array.from(marks, ([id, shown]): [Value, Value] => [id, new Map(Object.entries(shown))]));
}
