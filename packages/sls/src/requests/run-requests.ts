import { isDict, pythonStr, type Dict, type Value, type StateAnswer } from '@brine/common';
import { compileStates } from '../compile/compile-states.ts';
import type { Step } from '../compile/step.ts';
import type { LoadedHighData } from '../high/load-high-data.ts';
import { loadHighData } from '../high/load-high-data.ts';
import { adoptHighData, loadTemplate } from '../high/load-template.ts';
import { managedFile } from '../run/managed-file.ts';
import type { PinnedRun } from '../run/run-ports.ts';
import { disabledRequisites } from '../run/run-steps.ts';
import { disabledFiles } from './disabled-files.ts';
import { findTopMatches, loadNamedFiles } from './find-matches.ts';
import { readExclude, readFlag, readNames, refused } from './request-arguments.ts';
import { compileErrors, logWarnings, type RunPart, type RunSetup } from './run-setup.ts';
import { stateRetcode } from './state-retcode.ts';

/** Runs what the top files give (`state.highstate`, `state.apply` without names, `state.top`). */
export async function runHighstate(setup: RunSetup, part: RunPart = {}): Promise<StateAnswer> {
  if (disabledFiles(['highstate'], setup.ports.grains()).length > 0) return highstateDisabled();
  await syncModules(setup);
  const top = await findTopMatches(setup);
  const errors = compileErrors(top.problems);
  if (errors !== undefined) return errors;
  if (await setup.ports.loadModules?.([...top.matches.keys()])) {
    const renewed = await setup.renew();
    if ('value' in renewed) return renewed;
    // What was synced is here; the files of the run are rendered with it, the top files among them.
    return runHighstate({ ...renewed, ports: { ...renewed.ports, loadModules: () => Promise.resolve(false) } }, part);
  }
  if (!top.hasAny) {
    return noStates('No Top file or master_tops data matches found. Please see master log for details.');
  }
  const loaded = await top.load();
  const failure = compileErrors(loaded.problems);
  if (failure !== undefined) return failure;
  if (loaded.high.size === 0) return noStates('No states found for this minion');
  const isWhole = setup.arguments.get('whitelist') === undefined && setup.arguments.get('exclude') === undefined;
  return runLoaded(setup, loaded, { isWhole, ...part });
}

/** Runs those states of the highstate that manage some files, and what follows from their changes. */
export async function runDrift(setup: RunSetup): Promise<StateAnswer> {
  const paths = new Set(readNames(setup.arguments.get('paths')).map((place) => place.replace(/(?<=.)\/+$/, '')));
  const focus = (step: Step): boolean => paths.has(managedFile(step)?.path ?? '');
  return runHighstate(setup, { focus, isWhole: false });
}

/** Runs a top file of another name as if it were the top file. */
export async function runTop(setup: RunSetup): Promise<StateAnswer> {
  setup.options.set('state_top', pythonStr(setup.arguments.get('topfn') ?? ''));
  if (setup.arguments.get('saltenv') !== undefined) setup.options.set('state_top_saltenv', setup.saltenv ?? null);
  return runHighstate(setup);
}

function highstateDisabled(): StateAnswer {
  const name = 'Salt highstate run is disabled. To re-enable, run state.enable highstate';
  const value: Dict = new Map<Value, Value>([
    ['name', name],
    ['result', 'False'],
    ['comment', 'Disabled'],
  ]);
  return { value, retcode: 1 };
}

function noStates(comment: string): StateAnswer {
  const answer: Dict = new Map<Value, Value>([
    ['result', false],
    ['comment', comment],
    ['name', 'No States'],
    ['changes', new Map()],
    ['__run_num__', 0],
  ]);
  return { value: new Map([['no_|-states_|-states_|-None', answer]]), retcode: 2 };
}

/** Runs the files that the call names. */
export async function runSls(setup: RunSetup): Promise<StateAnswer> {
  const names = readNames(setup.arguments.get('mods'));
  const objections = disabledFiles(names, setup.ports.grains());
  if (objections.length > 0) return { value: objections, retcode: 1 };
  await syncModules(setup);
  return runLoaded(setup, await loadNamedFiles(setup));
}

async function syncModules({ ports, arguments: given, saltenv }: RunSetup): Promise<void> {
  const wanted = given.get('sync_mods');
  if (wanted === undefined || wanted === false) return;
  if (ports.syncModules === undefined) throw refused('sync_mods is not available here');
  const kinds = wanted === true ? ['all'] : readNames(wanted);
  await ports.syncModules(kinds.includes('all') ? ['all'] : kinds, saltenv ?? 'base');
}

async function runLoaded(setup: RunSetup, loaded: LoadedHighData, part: RunPart = {}): Promise<StateAnswer> {
  const wanted = withExclude(loaded, setup);
  const compiled = compileStates(wanted, { ...compileOptions(setup), callsDefault: true });
  logWarnings(setup, compiled.problems);
  const errors = compileErrors(compiled.problems);
  if (errors !== undefined) return errors;
  const { steps, high } = compiled;
  if (!setup.test) await setup.ports.pin?.write({ steps, high });
  return runCompiled(setup, compiled, part);
}

/** Runs what a run was compiled to, now or before its process was ended. */
export async function runCompiled(
  setup: RunSetup,
  { steps, high }: PinnedRun,
  part: RunPart = {},
): Promise<StateAnswer> {
  const returns = await setup.execute(steps, part);
  const retcode = stateRetcode(returns, high);
  return { value: isTerse(setup) ? withoutQuiet(returns) : returns, retcode };
}

function isTerse({ options, arguments: given }: RunSetup): boolean {
  return readFlag(given.get('terse'), 'terse') ?? options.get('state_data') === 'terse';
}

function withoutQuiet(returns: Dict): Dict {
  const isTelling = (answer: Value): boolean => {
    if (!isDict(answer)) return true;
    const changes = answer.get('changes');
    return answer.get('result') !== true || (isDict(changes) && changes.size > 0);
  };
  return new Map([...returns].filter(([, answer]) => isTelling(answer)));
}

function withExclude(loaded: LoadedHighData, setup: RunSetup): LoadedHighData {
  const more = readExclude(setup.arguments.get('exclude'));
  if (more.length === 0) return loaded;
  const present = loaded.high.get('__exclude__');
  const high: Dict = new Map(loaded.high);
  high.set('__exclude__', [...(Array.isArray(present) ? present : []), ...more]);
  return { ...loaded, high };
}

/** How this run's configuration wants states compiled. */
export function compileOptions({ options }: RunSetup): { readonly disabledRequisites: ReadonlySet<string> } {
  return { disabledRequisites: disabledRequisites(options) };
}

/** Runs one id of the files that the call names, and what it depends on. */
export async function runSlsId(setup: RunSetup): Promise<StateAnswer> {
  const compiled = compileStates(await loadNamedFiles(setup), compileOptions(setup));
  logWarnings(setup, compiled.problems);
  const errors = compileErrors(compiled.problems);
  if (errors !== undefined) return errors;
  const id = pythonStr(setup.arguments.get('id_') ?? '');
  const returns = await setup.execute(compiled.steps, { only: (step) => step.id === id });
  if (returns.size === 0) {
    const files = readNames(setup.arguments.get('mods')).join(',');
    const saltenv = setup.saltenv ?? 'base';
    throw refused(`No matches for ID '${id}' found in SLS '${files}' within saltenv '${saltenv}'`);
  }
  return { value: returns, retcode: stateRetcode(returns, compiled.high) };
}

/** Runs high data that the call brings. */
export async function runHigh(setup: RunSetup): Promise<StateAnswer> {
  const given = setup.arguments.get('data');
  if (!isDict(given)) return { value: ['High data is not a dictionary and is invalid'], retcode: 1 };
  return runLoaded(setup, adoptHighData(given));
}

/** Runs a state file of this machine. */
export async function runTemplate(setup: RunSetup): Promise<StateAnswer> {
  const { ports, source } = setup;
  if (ports.readLocalFile === undefined) throw refused('state.template is not available here');
  const named = pythonStr(setup.arguments.get('tem') ?? '');
  const file = named.endsWith('.sls') ? named : `${named}.sls`;
  const text = await ports.readLocalFile(file);
  if (text === undefined) {
    return { value: [`Specified SLS ${file} on local filesystem cannot be found.`], retcode: 1 };
  }
  const local = new Map([[file, { text, file }]]);
  return runLoaded(setup, await loadHighData(new Map([[setup.saltenv ?? 'base', [file]]]), { ...source, local }));
}

/** Runs a state file given as text. */
export async function runTemplateText(setup: RunSetup): Promise<StateAnswer> {
  const text = pythonStr(setup.arguments.get('tem') ?? '');
  const template = { text, file: '<template-str>' };
  return runLoaded(setup, await loadTemplate(template, setup.saltenv ?? 'base', setup.source));
}
