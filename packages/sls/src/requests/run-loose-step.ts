import { closestName, isDict, pythonStr, type Dict, type StateAnswer, type Value } from '@brine/common';
import { stepTag, type Step } from '../compile/step.ts';
import { requisiteKeywords } from '../requisites/requisite-keywords.ts';
import { nameFault } from '../run/name-fault.ts';
import { parseUmask } from '../run/shell-options.ts';
import type { RunSetup } from './run-setup.ts';
import { stateRetcode } from './state-retcode.ts';

/** Runs one state given by function, name and arguments. */
export async function runSingle(setup: RunSetup): Promise<StateAnswer> {
  const { arguments: given } = setup;
  const fun = pythonStr(given.get('fun') ?? '');
  const dot = fun.indexOf('.');
  if (dot < 1) return { value: `Invalid function passed: '${fun}' is not of the form state.function`, retcode: 1 };
  const name = given.get('name') ?? '';
  const chunk: Dict = new Map<Value, Value>([
    ['name', name],
    ...given.more,
    ['state', fun.slice(0, dot)],
    ['fun', fun.slice(dot + 1)],
    ['__id__', pythonStr(name)],
  ]);
  const answer = await runLoose(chunk, setup);
  return Array.isArray(answer) ? { value: answer, retcode: 1 } : { value: answer, retcode: stateRetcode(answer) };
}

/** Runs one low chunk, and answers its return alone. */
export async function runLow(setup: RunSetup): Promise<StateAnswer> {
  const given = setup.arguments.get('data');
  const missing = ['state', 'fun', 'name'].filter((key) => !isDict(given) || !given.has(key));
  if (!isDict(given) || missing.length > 0) {
    return { value: missing.map((key) => `Missing "${key}" data`), retcode: 1 };
  }
  const answer = await runLoose(given, setup);
  if (Array.isArray(answer)) return { value: answer, retcode: 1 };
  const [value = null] = answer.values();
  return { value, retcode: stateRetcode(answer) };
}

/** The return of a step that stands alone, or what is wrong with it. As in Salt its requisites do not count. */
async function runLoose(given: Dict, setup: RunSetup): Promise<Dict | string[]> {
  const { log } = setup.ports;
  const chunk: Dict = new Map();
  for (const [key, value] of given) {
    if (!requisiteKeywords.has(pythonStr(key))) chunk.set(key, value);
    else log.warn('a state that runs alone has no requisites', { ignored: pythonStr(key) });
  }
  if (!chunk.has('__id__')) chunk.set('__id__', pythonStr(chunk.get('name') ?? ''));
  const step = toLooseStep(chunk, setup);
  const faults = await faultsOf(step, setup);
  return faults.length > 0 ? faults : setup.execute([step]);
}

async function faultsOf(step: Step, { ports: { library } }: RunSetup): Promise<string[]> {
  const { chunk, state, fun, sls } = step;
  const faults: string[] = [];
  const misnamed = nameFault(chunk);
  if (misnamed !== undefined) faults.push(misnamed);
  const umask = chunk.get('umask') ?? null;
  if (parseUmask(umask) === null) faults.push(`Invalid umask: ${pythonStr(umask)}`);
  const name = `${state}.${fun}`;
  if (faults.length > 0) return faults;
  if ((await library.describe(name)) !== undefined) {
    // Arguments that are wrong fail the state.
    const missing = (await library.validate(step)).filter(({ argument = 'name' }) => !chunk.has(argument));
    return missing.map(({ summary }) => summary);
  }
  const likely = closestName(name, library.names());
  const hint = likely === undefined ? '' : ` Did you mean '${likely}'?`;
  if (sls === undefined) return [`Specified state '${name}' was not found${hint === '' ? '' : `.${hint}`}`];
  return [`State '${name}' was not found in SLS '${sls}'`, `Reason: '${name}' is not available.${hint}`];
}

function toLooseStep(chunk: Dict, { saltenv }: RunSetup): Step {
  const text = (key: string): string => pythonStr(chunk.get(key) ?? '');
  const parts = { state: text('state'), id: text('__id__'), name: text('name'), fun: text('fun') };
  const sls = chunk.get('__sls__');
  const environment = chunk.get('__env__');
  return {
    ...parts,
    chunk,
    tag: stepTag(parts),
    sls: typeof sls === 'string' ? sls : undefined,
    saltenv: typeof environment === 'string' ? environment : (saltenv ?? 'base'),
    order: 0,
    span: undefined,
    argumentSpans: new Map(),
  };
}
