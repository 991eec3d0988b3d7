import { AppError, compileGlob, equalValues, isDict, parseJid, pythonStr, type Jid, type Value } from '@brine/common';
import type { JobRecord, Store } from '../store/store.ts';

/** Which jobs are looked for; all that is given must hold. */
export interface JobFilters {
  /** Globs over functions; text with commas, or a list. */
  readonly fun?: Value | undefined;
  /** Globs over the minions of a target, or its expression. */
  readonly target?: Value | undefined;
  /** A mapping of which one entry must be in the metadata of the job. */
  readonly metadata?: Value | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
}

/** Jobs read at once: few enough that the event loop goes on meanwhile. */
const page = 500;

/** At most `limit` jobs that match, newest first. */
export async function findJobs(store: Store, filters: JobFilters, limit: number): Promise<readonly JobRecord[]> {
  const matches = createFilter(filters);
  const from = filters.start === undefined ? '' : jidAt(filters.start);
  const found: JobRecord[] = [];
  for await (const jobs of pagesOf(store, filters)) {
    found.push(...jobs.filter((job) => job.jid >= from && matches(job)));
    const last = jobs.at(-1)?.jid;
    if (found.length >= limit || (last !== undefined && last < from)) break;
  }
  return found.slice(0, limit);
}

async function* pagesOf(store: Store, filters: JobFilters): AsyncIterable<readonly JobRecord[]> {
  const fun = onlyFunction(filters);
  let before = filters.end === undefined ? undefined : jidAfter(filters.end);
  for (;;) {
    const from = { limit: page, ...(before === undefined ? {} : { before }) };
    const jobs = await store.listJobs(fun === undefined ? from : { ...from, fun });
    yield jobs;
    before = jobs.at(-1)?.jid;
    if (before === undefined || jobs.length < page) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A function that is named in full is found by an index. */
function onlyFunction({ fun }: JobFilters): string | undefined {
  const [only, ...others] = patternsOf(fun) ?? [];
  return only !== undefined && others.length === 0 && !/[*?[]/.test(only) ? only : undefined;
}

function createFilter({ fun, target, metadata }: JobFilters): (job: JobRecord) => boolean {
  const matchesFunction = globsOf(fun);
  const matchesTarget = globsOf(target);
  if (metadata !== undefined && metadata !== null && !isDict(metadata)) {
    throw new AppError({ code: 'runner-arguments', message: 'metadata to search for is a mapping: {release: 7}' });
  }
  return (job) =>
    matchesFunction(job.fun.split(',')) &&
    matchesTarget(job.target.type === 'list' ? job.target.expression.split(',') : [job.target.expression]) &&
    (!isDict(metadata) || hasOneOf(job.metadata, metadata));
}

function globsOf(given: Value | undefined): (texts: readonly string[]) => boolean {
  const globs = patternsOf(given)?.map((pattern) => compileGlob(pattern));
  return globs === undefined ? () => true : (texts) => texts.some((text) => globs.some((matches) => matches(text)));
}

function patternsOf(given: Value | undefined): readonly string[] | undefined {
  if (given === undefined || given === null) return undefined;
  const list = Array.isArray(given) ? given.map(pythonStr) : pythonStr(given).split(',');
  return list.map((pattern) => pattern.trim()).filter((pattern) => pattern !== '');
}

function hasOneOf(metadata: Value | undefined, wanted: Map<Value, Value>): boolean {
  return isDict(metadata) && [...wanted].some(([key, value]) => equalValues(metadata.get(key) ?? null, value));
}

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** The earliest jid of a moment, written as a job id, as `2026-11-21 07:00`, or as `2026, Nov 21 07:00:00`; UTC. */
function jidAt(text: string): Jid {
  return digitsOf(text).padEnd(20, '0') as Jid;
}

/** A jid behind all of a moment: the whole minute when no seconds are told, the whole day when no time is. */
function jidAfter(text: string): Jid {
  return digitsOf(text).padEnd(20, 'x') as Jid;
}

function digitsOf(text: string): string {
  const trimmed = text.trim();
  if (parseJid(trimmed) !== undefined) return trimmed;
  const time = String.raw`(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?Z?)?`;
  const numeric = new RegExp(String.raw`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})${time}$`).exec(trimmed);
  const named = new RegExp(String.raw`^(\d{4}),? ([A-Za-z]{3})[a-z]* (\d{1,2})${time}$`).exec(trimmed);
  const found = numeric ?? named;
  if (found === null) {
    throw new AppError({
      code: 'runner-arguments',
      message: `'${text}' is no time; write 2026-11-21, 2026-11-21 07:00, '2026, Nov 21 07:00:00' or a job id`,
    });
  }
  const [, year, month = '', day, hour, minute, second, fraction] = found;
  const number = named === null ? month : String(months.indexOf(month.toLowerCase()) + 1);
  const rest = [hour, minute, second].flatMap((part) => (part === undefined ? [] : [part.padStart(2, '0')]));
  return [year, number.padStart(2, '0'), day?.padStart(2, '0'), ...rest, fraction ?? ''].join('');
}
