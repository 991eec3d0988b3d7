import { isDict, pythonRepr, type Problem, type Value } from '@brine/common';
import { errorAt } from './error-at.ts';
import type { HighLoader } from './high-loader.ts';

/** The file that includes, as far as its includes depend on it. */
export interface Includer {
  readonly sls: string;
  readonly saltenv: string;
  /** Whether it is its folder's `init.sls`, so that relative includes count from that folder. */
  readonly isInit: boolean;
  readonly loader: Pick<HighLoader, 'catalogue' | 'environments'>;
}

/** Files of one environment. */
export interface ResolvedInclude {
  readonly saltenv: string;
  readonly names: readonly string[];
}

/**
 * Reads one entry of an include list: a name or glob, relative with leading dots, or `{ENV: NAME}`; `_xenv` as the
 * environment looks through those of the run. A glob that matches nothing stays, to be reported as missing.
 */
export async function resolveInclude(entry: Value, includer: Includer): Promise<ResolvedInclude | Problem> {
  const { sls, saltenv, loader } = includer;
  const [environment, written] = readEntry(entry, saltenv);
  if (written === undefined) {
    const summary = `Badly formatted include ${pythonRepr(entry)} found in include in SLS '${saltenv}:${sls}'`;
    return errorAt(undefined, 'include-shape', summary, 'write NAME or ENVIRONMENT: NAME');
  }
  const name = written.startsWith('.') ? resolveRelative(written, includer) : written;
  if (name === undefined) {
    const summary = `Attempted relative include of '${written}' within SLS '${saltenv}:${sls}' goes beyond top level package`;
    return errorAt(undefined, 'include-beyond-top', summary);
  }
  if (environment === '_xenv') return resolveAcross(name, includer);
  if (!(await loader.catalogue.hasEnvironment(environment))) {
    const summary = `Nonexistent saltenv '${environment}' found in include of '${name}' within SLS '${saltenv}:${sls}'`;
    return errorAt(undefined, 'include-environment', summary);
  }
  return resolveIn(name, environment, includer);
}

function readEntry(entry: Value, saltenv: string): readonly [environment: string, name: string | undefined] {
  if (typeof entry === 'string') return [saltenv, entry];
  if (!isDict(entry) || entry.size !== 1) return [saltenv, undefined];
  const [[environment, name] = []] = entry;
  return typeof environment === 'string' && typeof name === 'string' ? [environment, name] : [saltenv, undefined];
}

async function resolveIn(name: string, saltenv: string, { loader }: Includer): Promise<ResolvedInclude> {
  const names = await loader.catalogue.matching(name, saltenv);
  return { saltenv, names: names.length > 0 ? names : [name] };
}

async function resolveAcross(name: string, includer: Includer): Promise<ResolvedInclude | Problem> {
  const having: string[] = [];
  for (const saltenv of includer.loader.environments) {
    const names = await includer.loader.catalogue.matching(name, saltenv);
    const first = names[0];
    if (first !== undefined && (await includer.loader.catalogue.read(first, saltenv)) !== undefined)
      having.push(saltenv);
  }
  const [only, ...others] = having.includes(includer.saltenv) ? [includer.saltenv] : having;
  if (only !== undefined && others.length === 0) return resolveIn(name, only, includer);
  if (only === undefined) {
    const searched = includer.loader.environments.join(', ');
    const summary = `Unknown include: Specified SLS _xenv: ${name} is not available in saltenv(s): ${searched}`;
    return errorAt(undefined, 'include-missing', summary);
  }
  const summary = `Ambiguous include: Specified SLS _xenv: ${name} is available in multiple available saltenvs: ${having.join(', ')}`;
  return errorAt(undefined, 'include-ambiguous', summary, 'name the environment in place of _xenv');
}

function resolveRelative(written: string, { sls, isInit }: Includer): string | undefined {
  const rest = written.replace(/^\.+/, '');
  const levels = written.length - rest.length;
  const folders = sls.split('.');
  if (isInit) folders.push('init');
  if (levels > folders.length) return undefined;
  return [...folders.slice(0, -levels), ...(rest === '' ? [] : [rest])].join('.');
}
