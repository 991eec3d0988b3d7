import {
  AppError,
  isAppError,
  isDict,
  isInteger,
  pythonRepr,
  pythonStr,
  traverse,
  type Dict,
  type Logger,
  type Value,
} from '@brine/common';
import type { ConditionPort, ShellOptions } from './condition-port.ts';
import { resolveSlots, type SlotPorts } from './resolve-slots.ts';
import { succeedsInShell } from './shell-options.ts';

/** What conditions are checked with. */
export interface ConditionCheck {
  readonly chunk: Dict;
  readonly conditions: ConditionPort;
  readonly log: Logger;
  readonly shell: ShellOptions;
}

/** Why conditions hold a step back; `undefined` when they let it run. */
export async function checkConditions(check: ConditionCheck): Promise<string | undefined> {
  const verdicts: Verdict[] = [];
  for (const keyword of ['onlyif', 'unless', 'creates'] as const) {
    const value = check.chunk.get(keyword);
    if (value !== undefined) verdicts.push(await checks[keyword](value, check));
  }
  if (!verdicts.some(({ isHeldBack }) => isHeldBack)) return undefined;
  return verdicts.map(({ comment }) => comment).join('\n');
}

interface Verdict {
  readonly isHeldBack: boolean;
  readonly comment: string;
}

const checks = { onlyif: checkOnlyif, unless: checkUnless, creates: checkCreates };

async function checkOnlyif(value: Value, check: ConditionCheck): Promise<Verdict> {
  for (const entry of conditionsIn(value)) {
    const isHeldBack = (await holds(entry, { ...check, keyword: 'onlyif' })) !== true;
    if (isHeldBack) return { isHeldBack, comment: 'onlyif condition is false' };
  }
  return { isHeldBack: false, comment: 'onlyif condition is true' };
}

async function checkUnless(value: Value, check: ConditionCheck): Promise<Verdict> {
  const entries = conditionsIn(value);
  for (const entry of entries) {
    const isHeldBack = (await holds(entry, { ...check, keyword: 'unless' })) !== false;
    if (!isHeldBack) return { isHeldBack, comment: 'unless condition is false' };
  }
  if (entries.length === 0) return { isHeldBack: false, comment: 'unless condition is false' };
  return { isHeldBack: true, comment: 'unless condition is true' };
}

async function checkCreates(value: Value, { conditions }: ConditionCheck): Promise<Verdict> {
  const paths = toList(value).map(pythonStr);
  const present = await Promise.all(paths.map((path) => conditions.pathExists(path)));
  if (present.includes(false)) return { isHeldBack: false, comment: 'Creates files not found' };
  return {
    isHeldBack: true,
    comment: Array.isArray(value) ? 'All files in creates exist' : `${pythonStr(value)} exists`,
  };
}

/** What a template left empty is no condition. */
function conditionsIn(value: Value): readonly Value[] {
  return toList(value).filter((entry) => entry !== null);
}

function toList(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [value];
}

interface KeywordCheck extends ConditionCheck {
  readonly keyword: string;
}

/** `undefined` when the command could not even be started: then neither `onlyif` nor `unless` lets the step run. */
async function holds(entry: Value, check: KeywordCheck): Promise<boolean | undefined> {
  // A template that writes a plain true or false there means just that, not the commands of these names.
  if (typeof entry === 'boolean') return entry;
  if (isDict(entry) && entry.has('fun')) return functionHolds(entry, check);
  if (typeof entry !== 'string') {
    const message = `${check.keyword}: ${pythonRepr(entry)} is neither a command nor a dictionary with \`fun\``;
    throw new AppError({ code: 'condition-invalid', message });
  }
  try {
    return await succeedsInShell(entry, check);
  } catch (error) {
    if (isAppError(error)) return undefined;
    throw error;
  }
}

async function functionHolds(entry: Dict, ports: SlotPorts): Promise<boolean> {
  const keyword: Dict = new Map(entry);
  for (const key of ['fun', 'args', 'get_return']) keyword.delete(key);
  const args = entry.get('args');
  const positional = Array.isArray(args) ? args : args === undefined ? [] : [args];
  const resolved = await resolveSlots(new Map<Value, Value>([['args', positional], ...keyword]), ports);
  const resolvedPositional = resolved.get('args');
  resolved.delete('args');
  const answer = await ports.conditions.call(
    pythonStr(entry.get('fun') ?? ''),
    Array.isArray(resolvedPositional) ? resolvedPositional : [],
    resolved,
  );
  const path = entry.get('get_return');
  const isPart = typeof path === 'string' && path !== '';
  return isTrue(isPart ? (traverse(answer, path) ?? null) : answer);
}

/** Truth as Python sees it. */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value) || typeof value === 'string') return value.length > 0;
  if (isDict(value)) return value.size > 0;
  if (isInteger(value)) return value != 0;
  if (value instanceof Uint8Array) return value.length > 0;
  return typeof value === 'boolean' ? value : value !== null && Number(value) !== 0;
}
