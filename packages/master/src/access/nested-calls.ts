import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import type { Call } from './permission.ts';

/** Stands for "any function at all": a name that only a permission for everything matches. */
export const anyFunction = '~any.~function';

/** Finds the calls inside the arguments of one that runs others. */
type Finder = (call: Call) => readonly Call[];

/**
 * Where functions take a template engine or a configuration (`localconfig`) by position: what else they are given is
 * rendered then, and can run everything. By keyword {@link broughtAlong} finds it, whatever the function.
 */
const codeByPosition: readonly (readonly [fun: string, index: number])[] = [
  ['cp.get_file', 4],
  ['cp.get_dir', 3],
  ['archive.tar', 5],
  ['archive.cmd_zip', 2],
  ['archive.cmd_unzip', 4],
  ['archive.gzip', 1],
  ['archive.gunzip', 1],
  ['archive.rar', 2],
  ['archive.unrar', 3],
  ['state.apply', 2],
  ['state.test', 2],
  ['state.sls', 8],
  ['state.highstate', 7],
];

/**
 * The functions that run what their arguments name. Who may call them must also be allowed what they would run; what
 * they take as a template or as data of states can run everything.
 */
const carriers: ReadonlyMap<string, Finder> = new Map<string, Finder>([
  ['state.single', stateSingle],
  ['state.low', ({ positional, keyword }) => lowChunk(argument(positional, keyword, [0, 'data']))],
  ['state.high', anything],
  ['state.template', anything],
  ['state.template_str', anything],
  ['slsutil.renderer', anything],
  ['file.apply_template_on_contents', anything],
  ['jinja.load_map', anything],
  ['jinja.import_yaml', anything],
  ['jinja.import_json', anything],
  ['jinja.import_JSON', anything],
  ['cp.get_template', anything],
  ['debconf.set_template', anything],
  ...codeByPosition.map(([fun, index]): [string, Finder] => [fun, (call) => templated(call, index)]),
  ['schedule.add', (call) => scheduled(call)],
  ['schedule.modify', (call) => scheduled(call)],
  ['mine.send', mineSend],
  [
    'mine.update',
    ({ positional, keyword }) => (isGiven(argument(positional, keyword, [1, 'mine_functions'])) ? anything() : []),
  ],
  ['saltutil.cmd', (call) => named(call, 1, 'fun')],
  ['saltutil.runner', anything],
  ['saltutil.wheel', anything],
  ['publish.publish', (call) => published(call)],
  ['publish.full_data', (call) => published(call)],
  ['publish.runner', anything],
  ['test.try_', (call) => named(call, 0, 'module')],
  ['test.try', (call) => named(call, 0, 'module')],
  ['test.cross_test', (call) => named(call, 0, 'func')],
  ['salt.execute', (call) => named(call, 1, 'fun')],
  ['saltcheck.run_test', anything],
  ['chroot.call', (call) => named(call, 1, 'function')],
]);

/** Calls inside calls deeper than this count as "any function". */
const maxDepth = 5;

/** Every call that a call comes to, itself first. */
export function callsWithin(call: Call, depth = 0): readonly Call[] {
  if (depth > maxDepth) return [call, bare(anyFunction)];
  const inner = [...(carriers.get(call.fun)?.(call) ?? []), ...slotCalls(call), ...broughtAlong(call)];
  return [call, ...inner.flatMap((one) => callsWithin(one, depth + 1))];
}

function bare(fun: string, positional: readonly Value[] = [], keyword: Dict = new Map()): Call {
  return { fun, positional, keyword };
}

function anything(): readonly Call[] {
  return [bare(anyFunction)];
}

/** A call whose arguments cannot be read here: one that runs others could run anything by them. */
function blind(fun: string): readonly Call[] {
  return carriers.has(fun) ? [bare(fun), ...anything()] : [bare(fun)];
}

/** Arguments that bring code with any call: a text rendered as a template, a configuration with roots of its own. */
function broughtAlong({ fun, keyword }: Call): readonly Call[] {
  const isOwnConfiguration = fun.startsWith('state.') && isGiven(keyword.get('localconfig'));
  return isOwnConfiguration || isGiven(keyword.get('template')) ? anything() : [];
}

function templated({ positional }: Call, index: number): readonly Call[] {
  return isGiven(positional[index]) ? anything() : [];
}

function isGiven(value: Value | undefined): boolean {
  return value !== undefined && value !== null && value !== '' && value !== false;
}

function argument(positional: readonly Value[], keyword: Dict, [index, name]: readonly [number, string]): Value {
  return keyword.get(name) ?? positional[index] ?? null;
}

/** What an argument names as a function; something that is no text may mean anything. */
function named({ positional, keyword }: Call, index: number, name: string): readonly Call[] {
  const fun = argument(positional, keyword, [index, name]);
  if (typeof fun !== 'string') return anything();
  const rest = positional.slice(index + 1);
  const names = fun.split(',').map((one) => one.trim());
  // Where arguments come as one list (`arg`), or for several functions, they are not read here.
  const isReadable = names.length === 1 && rest.length > 0 && !rest.some((one) => Array.isArray(one));
  return names.flatMap((one) => (isReadable ? [bare(one, rest, keyword)] : blind(one)));
}

/** `state.single FUN name …`: the state function, and what `module.run` and its like run. */
function stateSingle({ positional, keyword }: Call): readonly Call[] {
  const fun = argument(positional, keyword, [0, 'fun']);
  if (typeof fun !== 'string') return anything();
  const name = argument(positional, keyword, [1, 'name']);
  return stateCall(fun, name, keyword);
}

/** Every state takes these; they are command lines. */
const commandOptions = ['onlyif', 'unless', 'check_cmd', 'mod_run_check_cmd'];

function stateCall(fun: string, name: Value, keyword: Dict): readonly Call[] {
  const rest: Dict = new Map(keyword);
  rest.delete('fun');
  const [module = ''] = fun.split('.');
  const commands = commandOptions.filter((option) => keyword.has(option)).map(() => bare('cmd.run'));
  const self = [bare(fun, [name], rest), ...commands];
  if (module === 'module') return [...self, ...moduleCalls(name, rest)];
  // These run things on other minions, on the master, later, or again and again.
  if (['salt', 'saltmod', 'schedule', 'beacon', 'reactor', 'loop'].includes(module)) return [...self, ...anything()];
  return self;
}

const moduleOptions = new Set(['name', 'args', 'kwargs', 'returner', 'func', 'test', 'onlyif', 'unless', 'require']);

/** `module.run`: the old form names the function, the new one has it as a key. */
function moduleCalls(name: Value, keyword: Dict): readonly Call[] {
  const calls: Call[] = [];
  const func = keyword.get('func');
  if (typeof func === 'string') calls.push(...blind(func));
  if (typeof name === 'string' && name.includes('.')) calls.push(...blind(name));
  for (const [key, value] of keyword) {
    const text = pythonStr(key);
    if (!text.includes('.') || moduleOptions.has(text)) continue;
    if (Array.isArray(value)) calls.push(toModuleCall(text, value));
    else calls.push(...blind(text));
  }
  // Lists of functions under other keys, or none that is recognized: nothing is certain.
  return calls.length === 0 ? anything() : calls;
}

function toModuleCall(fun: string, given: readonly Value[]): Call {
  const positional: Value[] = [];
  const keyword: Dict = new Map();
  for (const item of given) {
    if (isDict(item)) for (const [key, value] of item) keyword.set(key, value);
    else positional.push(item);
  }
  return bare(fun, positional, keyword);
}

function lowChunk(data: Value): readonly Call[] {
  if (!isDict(data)) return anything();
  const [state, fun] = [data.get('state'), data.get('fun')];
  if (typeof state !== 'string' || typeof fun !== 'string') return anything();
  return stateCall(`${state}.${fun}`, data.get('name') ?? null, data);
}

function scheduled({ positional, keyword }: Call): readonly Call[] {
  const job = keyword.get('job_kwargs');
  const fun = keyword.get('function') ?? positional[1] ?? null;
  // New arguments for a job that is there already: for what, is not known here.
  const hasArguments = ['job_args', 'job_kwargs', 'args', 'kwargs'].some((key) => isGiven(keyword.get(key)));
  if (fun === null) return hasArguments ? anything() : [];
  if (typeof fun !== 'string') return anything();
  if (fun.includes(',')) return fun.split(',').flatMap((one) => blind(one.trim()));
  const args = keyword.get('job_args');
  return [bare(fun, Array.isArray(args) ? args : [], isDict(job ?? null) ? (job as Dict) : new Map())];
}

function mineSend({ positional, keyword }: Call): readonly Call[] {
  const fun = keyword.get('mine_function') ?? positional[0] ?? null;
  return typeof fun === 'string' ? [bare(fun, positional.slice(1))] : anything();
}

function published({ positional, keyword }: Call): readonly Call[] {
  const fun = argument(positional, keyword, [1, 'fun']);
  return typeof fun === 'string' ? fun.split(',').flatMap((one) => blind(one.trim())) : anything();
}

/** `__slot__:salt:FUN(…)` in the arguments of a state is a call too. */
function slotCalls({ positional, keyword }: Call): readonly Call[] {
  const found: Call[] = [];
  const look = (value: Value): void => {
    if (typeof value === 'string') {
      if (value.includes('__slot__:'))
        found.push(...blind(/^__slot__:salt:([\w.]+)\(/.exec(value)?.[1] ?? anyFunction));
    } else if (Array.isArray(value)) value.forEach(look);
    else if (isDict(value)) value.forEach((item) => look(item));
  };
  positional.forEach(look);
  keyword.forEach((item) => look(item));
  return found;
}
