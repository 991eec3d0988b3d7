import { isDict, pythonStr, returnNames, type Dict, type Target, type TargetType, type Value } from '@brine/common';
import type { JobRequest } from '../control-ports.ts';
import { localArguments } from './chunk-arguments.ts';
import { HttpProblem } from './http-problem.ts';
import type { NetapiSettings } from './netapi-settings.ts';

/** A chunk for minions, read. */
export interface LocalChunk {
  readonly request: JobRequest;
  /** Milliseconds a minion with the job may be away. */
  readonly patience: number;
  readonly isFullReturn: boolean;
  /** Whole events instead of returns, for batches. */
  readonly isRaw: boolean;
}

const targetTypes: ReadonlySet<string> = new Set<TargetType>([
  ...(['glob', 'pcre', 'list', 'grain', 'grain_pcre', 'pillar', 'pillar_pcre', 'pillar_exact', 'nodegroup'] as const),
  ...(['ipcidr', 'compound'] as const),
]);

const functionName = /^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)+$/i;

/** Reads a chunk for minions; `undefined` when its kind of target does not exist, which matches nobody. Throws 400. */
export function readLocalChunk(chunk: Dict, settings: NetapiSettings): LocalChunk | undefined {
  const target = readTarget(chunk);
  const call = readCall(chunk);
  const jid = chunk.get('jid') ?? '';
  if (target === undefined) return undefined;
  const timeout = seconds(chunk.get('timeout') ?? null, 'timeout');
  const gather = seconds(chunk.get('gather_job_timeout') ?? null, 'gather_job_timeout');
  const metadata = chunk.get('metadata') ?? null;
  return {
    request: {
      ...{ target, ...call, deliverWithin: timeout ?? settings.deliverWithin },
      ...readReturners(chunk),
      ...(metadata === null ? {} : { metadata }),
      ...(jid === '' ? {} : { jid: pythonStr(jid) }),
    },
    patience: gather ?? settings.patience,
    isFullReturn: chunk.get('full_return') === true,
    isRaw: chunk.get('raw') === true,
  };
}

/** `ret`, `ret_config` and `ret_kwargs`: where minions hand their returns beside the master. */
function readReturners(chunk: Dict): Pick<JobRequest, 'returners'> {
  const names = returnNames(chunk.get('ret'));
  if (names.length === 0) return {};
  const config = chunk.get('ret_config') ?? '';
  const kwargs = chunk.get('ret_kwargs');
  return {
    returners: {
      names,
      ...(config === '' ? {} : { config: pythonStr(config) }),
      ...(kwargs !== undefined && isDict(kwargs) ? { kwargs } : {}),
    },
  };
}

function readTarget(chunk: Dict): Target | undefined {
  const tgt = chunk.get('tgt') ?? null;
  const type = chunk.get('tgt_type') ?? 'glob';
  if (tgt === null) throw new HttpProblem(400, "A local chunk needs 'tgt'");
  if (typeof type !== 'string') throw new HttpProblem(400, 'tgt_type has to be text');
  if (!targetTypes.has(type)) return undefined;
  if (typeof tgt === 'string') return { type: type as TargetType, expression: tgt };
  if (!Array.isArray(tgt)) return { type: type as TargetType, expression: String(tgt as number) };
  const words = tgt.map((word) => {
    if (typeof word === 'string') return word;
    throw new HttpProblem(400, 'tgt has to be text or a list of texts');
  });
  return type === 'compound'
    ? { type, expression: words.join(' ') }
    : { type: type === 'glob' ? 'list' : (type as TargetType), expression: words.join(',') };
}

function readCall(chunk: Dict): Pick<JobRequest, 'fun' | 'positional' | 'keyword'> {
  const names = readNames(chunk.get('fun') ?? null);
  const [arg, kwarg] = [chunk.get('arg') ?? null, chunk.get('kwarg') ?? null];
  if (names.length === 1) return { fun: names.join(), ...localArguments(arg, kwarg) };
  if (arg !== null && !Array.isArray(arg)) throw new HttpProblem(400, 'Several functions need a list of lists as arg');
  const lists = names.map((_name, index) => localArguments(arg?.[index] ?? null, kwarg));
  return {
    fun: names.join(','),
    positional: lists.map(({ positional, keyword }): Value[] =>
      keyword.size === 0 ? [...positional] : [...positional, new Map<Value, Value>([...keyword, ['__kwarg__', true]])],
    ),
    keyword: new Map(),
  };
}

function readNames(fun: Value): readonly string[] {
  const names = typeof fun === 'string' ? fun.split(',') : Array.isArray(fun) ? fun : [];
  if (names.length === 0) throw new HttpProblem(400, "A local chunk needs 'fun'");
  return names.map((name) => {
    if (typeof name === 'string' && functionName.test(name)) return name;
    throw new HttpProblem(400, `'${typeof name === 'string' ? name : typeof name}' is not a function name`);
  });
}

/** Forms have numbers as text. */
function seconds(value: Value, name: string): number | undefined {
  if (value === null || value === '') return undefined;
  const number = isDict(value) || Array.isArray(value) ? Number.NaN : Number(value);
  if (Number.isFinite(number) && number > 0 && number <= 86_400) return Math.max(1, Math.round(number * 1000));
  throw new HttpProblem(400, `${name} has to be a number of seconds, up to a day`);
}
