import { compileStates, type CompileOptions } from '../compile/compile-states.ts';
import type { CompiledStates } from '../compile/compile-result.ts';
import type { LoadedHighData } from '../high/load-high-data.ts';
import { findTopMatches, loadNamedFiles } from './find-matches.ts';
import { readNames } from './request-arguments.ts';
import { compileOptions } from './run-requests.ts';
import type { RunSetup } from './run-setup.ts';

/** States as they were read, and as they compile. */
export interface WantedStates {
  readonly loaded: LoadedHighData;
  readonly compiled: CompiledStates;
}

/** Compiles the files that the call names, or without any what the top files give. */
export async function compileWanted(setup: RunSetup, options: CompileOptions = {}): Promise<WantedStates> {
  const isNamed = readNames(setup.arguments.get('mods')).length > 0;
  const loaded = isNamed ? await loadNamedFiles(setup) : await (await findTopMatches(setup)).load();
  return { loaded, compiled: compileStates(loaded, { ...compileOptions(setup), ...options }) };
}
