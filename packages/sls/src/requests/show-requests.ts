import { isDict, type Dict, type Value, type StateAnswer } from '@brine/common';
import { compileAsWritten, compileStates } from '../compile/compile-states.ts';
import type { CompiledStates } from '../compile/compile-result.ts';
import { slsNames } from '../high/sls-catalogue.ts';
import { verifyHigh } from '../high/verify-high.ts';
import { findTopMatches, loadNamedFiles } from './find-matches.ts';
import { readNames } from './request-arguments.ts';
import { compileOptions } from './run-requests.ts';
import { compileErrors, type RunSetup } from './run-setup.ts';

function ok(value: Value): StateAnswer {
  return { value, retcode: 0 };
}

/** The high data that the top files give, as written. */
export async function showHighstate(setup: RunSetup): Promise<StateAnswer> {
  const loaded = await (await findTopMatches(setup)).load();
  return compileErrors(loaded.problems) ?? ok(loaded.high);
}

/** The low chunks that the highstate would run, in order. */
export async function showLowstate(setup: RunSetup): Promise<StateAnswer> {
  const compiled = await compileHighstate(setup);
  return compileErrors(compiled.problems) ?? ok(compiled.steps.map(({ chunk }) => chunk));
}

/** The files of the highstate, in the order in which their states run. */
export async function showStates(setup: RunSetup): Promise<StateAnswer> {
  const compiled = await compileHighstate(setup);
  const names = new Set(compiled.steps.map(({ sls }) => sls ?? ''));
  return compileErrors(compiled.problems) ?? ok([...names]);
}

async function compileHighstate(setup: RunSetup): Promise<CompiledStates> {
  return compileStates(await (await findTopMatches(setup)).load(), compileOptions(setup));
}

/** The high data of the files that the call names, as written. */
export async function showSls(setup: RunSetup): Promise<StateAnswer> {
  const { high, problems, origins } = await loadNamedFiles(setup);
  const found = [...problems, ...verifyHigh(high, origins)].map((problem) => origins.quoted(problem));
  return compileErrors(found) ?? ok(high);
}

/** The low chunks of the files that the call names, without extend, exclude and requisites-in, as in Salt. */
export async function showLowSls(setup: RunSetup): Promise<StateAnswer> {
  const compiled = compileAsWritten(await loadNamedFiles(setup));
  return compileErrors(compiled.problems) ?? ok(compiled.steps.map(({ chunk }) => chunk));
}

/** Whether all the files that the call names compile. */
export async function slsExists(setup: RunSetup): Promise<StateAnswer> {
  const { value, retcode } = await showSls(setup);
  return { value: isDict(value), retcode };
}

/** Whether the files that the call names have all of the ids. */
export async function idExists(setup: RunSetup): Promise<StateAnswer> {
  const compiled = compileAsWritten(await loadNamedFiles(setup));
  const present = new Set(compiled.steps.map(({ id }) => id));
  const errors = compileErrors(compiled.problems);
  return errors ?? ok(readNames(setup.arguments.get('ids')).every((id) => present.has(id)));
}

/** Which files the top files give, by environment. */
export async function showTop(setup: RunSetup): Promise<StateAnswer> {
  const { matches, problems } = await findTopMatches(setup);
  return compileErrors(problems) ?? ok(new Map(Array.from(matches, ([saltenv, names]) => [saltenv, [...names]])));
}

/** Which of the files there are the top files use. */
export async function showStateUsage(setup: RunSetup): Promise<StateAnswer> {
  const { matches, problems } = await findTopMatches(setup);
  const errors = compileErrors(problems);
  if (errors !== undefined) return errors;
  const usage: Dict = new Map();
  const { files } = setup.source;
  for (const saltenv of await files.environments()) {
    const matched = new Set(matches.get(saltenv));
    const names = slsNames(await files.listFiles(saltenv));
    const used = names.filter((name) => matched.has(name));
    const unused = names.filter((name) => !matched.has(name));
    const counts: Dict = new Map<Value, Value>([
      ['used', used],
      ['unused', unused],
      ['count_all', names.length],
      ['count_used', used.length],
      ['count_unused', unused.length],
    ]);
    usage.set(saltenv, counts);
  }
  return ok(usage);
}
