import {
  AppError,
  compilePythonRegex,
  isDict,
  limitTime,
  pythonStr,
  targetTypes,
  type Dict,
  type Logger,
  type MinionId,
  type Target,
  type TargetType,
  type Value,
} from '@brine/common';
import type { MinionDirectory } from '../minions/minion-directory.ts';

/** What is asked of the mine. */
export interface MineQuestion {
  readonly target: Target;
  /** Names of entries. A single text answers minion → value, a list name → minion → value, as in Salt. */
  readonly functions: string | readonly string[];
  /** Leaves the minion that asks out. */
  readonly excludesAsker?: boolean;
}

/** What minions have put where others can read it. */
export interface MineService {
  /** Puts entries into a minion's mine: over what is there, or in its place. */
  store(minion: MinionId, entries: Dict, isCleared: boolean): Promise<void>;
  /** Takes an entry out of a minion's mine. */
  remove(minion: MinionId, name: string): Promise<void>;
  flush(minion: MinionId): Promise<void>;
  /**
   * What the asker may read of what is asked. Without an asker the master itself asks, who may read everything.
   * Throws `target-invalid` and `regex-too-slow`.
   */
  read(question: MineQuestion, asker?: MinionId): Dict;
}

/** What the mine works with. */
export interface MineOptions {
  readonly directory: MinionDirectory;
  /** `mine_get` of the configuration: patterns of ids → patterns of the entries those may read; all when absent. */
  readonly access: Value | undefined;
  readonly logger: Logger;
}

/** Milliseconds that the patterns of `mine_get` may take. */
const accessLimit = 200;

/** Creates the mine over what the directory keeps of minions. */
export function createMineService(options: MineOptions): MineService {
  const { kept } = options.directory;
  return {
    async store(minion, entries, isCleared) {
      const before = isCleared ? new Map() : (kept.mineOf(minion) ?? new Map());
      await kept.saveMine(minion, new Map([...before, ...entries]));
    },
    async remove(minion, name) {
      const mine = kept.mineOf(minion);
      if (mine?.has(name) !== true) return;
      await kept.saveMine(minion, new Map([...mine].filter(([key]) => key !== name)));
    },
    flush: (minion) => kept.clear(minion, 'mine'),
    read: (question, asker) => readMine(question, asker, options),
  };
}

function readMine(question: MineQuestion, asker: MinionId | undefined, options: MineOptions): Dict {
  const { directory, access } = options;
  const isNested = typeof question.functions !== 'string' || question.functions.includes(',');
  const wanted = typeof question.functions === 'string' ? question.functions.split(',') : question.functions;
  const names = [...new Set(wanted)].filter((name) => asker === undefined || allows(access, asker, name));
  if (names.length === 0) return new Map();
  requireTarget(question.target, directory);
  // What a minion may find out of others' pillar is whether a whole value is what it thinks: a pattern would tell more.
  const minions = directory.match(question.target, asker === undefined ? {} : { pillarIsExact: true });
  const asked = minions.filter((minion) => question.excludesAsker !== true || minion !== asker);
  const readable = names.map((name) => [name, entriesOf(name, asked, { asker, options })] as const);
  if (!isNested) return readable[0]?.[1] ?? new Map();
  return new Map(readable.filter(([, entries]) => entries.size > 0));
}

/** The entries of a name that the asker may read, by minion. */
function entriesOf(
  name: string,
  minions: readonly MinionId[],
  { asker, options }: { readonly asker: MinionId | undefined; readonly options: MineOptions },
): Dict {
  const entries: Dict = new Map();
  for (const minion of minions) {
    const entry = options.directory.kept.mineOf(minion)?.get(name);
    if (entry !== undefined && mayRead(entry, asker, options)) entries.set(minion, valueOf(entry));
  }
  return entries;
}

function requireTarget(target: Target, directory: MinionDirectory): void {
  const problems = directory.problemsOf(target);
  if (problems.length === 0) return;
  throw new AppError({ code: 'target-invalid', message: problems.map(({ summary }) => summary).join('; '), problems });
}

function allows(access: Value | undefined, asker: MinionId, name: string): boolean {
  if (access === undefined || access === null) return true;
  // Something else than a mapping allows nothing, as in Salt.
  if (!isDict(access)) return false;
  const begins = (pattern: Value, text: string): boolean =>
    compilePythonRegex(pythonStr(pattern), 'y', 'administrator').test(text);
  return limitTime(accessLimit, () =>
    [...access].some(
      ([ids, names]) => begins(ids, asker) && Array.isArray(names) && names.some((pattern) => begins(pattern, name)),
    ),
  );
}

/** The minion that put an entry there may have named who reads it. */
function mayRead(entry: Value, asker: MinionId | undefined, { directory, logger }: MineOptions): boolean {
  if (asker === undefined || !isRestricted(entry)) return true;
  const expression = entry.get('allow_tgt');
  if (expression === undefined || expression === null) return true;
  const type = readType(entry.get('allow_tgt_type') ?? 'glob');
  if (type === undefined) return false;
  try {
    return directory.isMatch(asker, { type, expression: pythonStr(expression) });
  } catch (error) {
    logger.warn('who may read an entry of the mine cannot be decided; it stays closed', { asker, error });
    return false;
  }
}

function readType(type: Value): TargetType | undefined {
  return targetTypes.find((known) => known === pythonStr(type));
}

function valueOf(entry: Value): Value {
  return isRestricted(entry) ? (entry.get('__data__') ?? null) : entry;
}

function isRestricted(entry: Value): entry is Dict {
  return isDict(entry) && entry.has('__saltmine_acl__');
}
