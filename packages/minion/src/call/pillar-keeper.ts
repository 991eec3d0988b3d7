import {
  decodeValue,
  encodeValue,
  formatProblem,
  formatProblems,
  isAppError,
  isDict,
  pythonStr,
  type AppError,
  type Dict,
  type Problem,
  type RunSecrets,
  type SourceSpan,
} from '@brine/common';
import type { PillarAnswer, PillarRequest } from '@brine/sls';
import { minionError } from '../errors.ts';
import type { CallEnvironmentOptions } from './call-request.ts';
import { ask, type MasterLink } from './master-link.ts';

/** What a pillar is to be compiled for. */
export interface PillarWish {
  readonly pillarenv?: string;
  readonly saltenv?: string;
  readonly override?: Dict;
  /** One external pillar more. */
  readonly external?: Dict;
  /** Whether this is the pillar the minion works with when nobody asks for another. */
  readonly isStanding?: boolean;
  /** Whether what a master kept will not do. */
  readonly isFresh?: boolean;
  /** The path whose origins are wanted. */
  readonly why?: readonly string[];
}

/** Compiles pillar, here or on the master. `visible` is what templates see meanwhile. */
export type PillarCompiler = (wish: PillarWish, visible: Dict) => Promise<VersionedPillar>;

/** A pillar, and what tells it from others: equal pillars have equal versions. */
export interface VersionedPillar extends PillarAnswer {
  /** Absent when it did not compile. */
  readonly version?: string;
  /** The places that set the value at the path that was asked about, in the order of merging. */
  readonly origins?: readonly SourceSpan[];
}

/** The pillar of a call. */
export interface PillarKeeper {
  /** The pillar that the call is pinned to, compiled on first need; its errors are in it, as `_errors`. */
  current(): Promise<Dict>;
  /** The pillar known by now; empty before it was first compiled. */
  peek(): Dict;
  /** The version of the pillar that the call is pinned to; `undefined` before it was first compiled, or when it did not. */
  version(): string | undefined;
  /** What a state run works with; from then on it is the current one. */
  forRun(request: PillarRequest): Promise<PillarAnswer>;
  /** Compiled anew for showing, beside the current one. */
  compile(wish: PillarWish): Promise<Dict>;
  /** Compiles the pillar anew and pins the call to it; its version. Throws `pillar-failed` with all problems. */
  refresh(): Promise<string>;
  /** Where the value at a path was set, in the order of merging. Throws `pillar-failed`. */
  originsOf(path: readonly string[]): Promise<readonly SourceSpan[]>;
}

/** Keeps the pillar of a call. */
export function createPillarKeeper(request: CallEnvironmentOptions, compiler: PillarCompiler): PillarKeeper {
  let pinned: Promise<VersionedPillar> | undefined;
  let known: Dict = new Map();
  let version: string | undefined;

  async function pin(wish: PillarWish): Promise<VersionedPillar> {
    const answer = await compiler(wish, known);
    tell(request, wish, answer);
    known = answer.pillar;
    version = answer.version;
    return answer;
  }

  function pinnedAnswer(): Promise<VersionedPillar> {
    return (pinned ??= pin({ ...configuredWish(request.options), isStanding: true }));
  }

  return {
    current: async () => {
      await pinnedAnswer();
      return known;
    },
    peek: () => known,
    version: () => version,
    forRun: (wanted) => {
      const { refresh, ...wish } = wanted;
      const isStanding = Object.keys(wish).length === 0;
      if (isStanding && refresh !== true) return pinnedAnswer();
      pinned = pin({ ...configuredWish(request.options), ...wish, isStanding, isFresh: refresh === true });
      return pinned;
    },
    compile: async (wish) => {
      await pinnedAnswer();
      const isStanding = Object.keys(wish).length === 0;
      const whole = { ...configuredWish(request.options), ...wish, isStanding };
      const answer = await compiler(whole, known);
      tell(request, whole, answer);
      return answer.pillar;
    },
    originsOf: async (why) => {
      await pinnedAnswer();
      const answer = await compiler({ ...configuredWish(request.options), why }, known);
      if (answer.origins !== undefined) return answer.origins;
      throw notCompiled(answer.problems);
    },
    refresh: async () => {
      pinned = pin({ ...configuredWish(request.options), isStanding: true, isFresh: true });
      const answer = await pinned;
      if (answer.version !== undefined) return answer.version;
      throw notCompiled(answer.problems);
    },
  };
}

/** Tells of a pillar that nothing but the configuration shaped. */
function tell(request: CallEnvironmentOptions, wish: PillarWish, { pillar, problems }: PillarAnswer): void {
  const configured = configuredWish(request.options);
  const isPlain = wish.override === undefined && wish.external === undefined;
  const hasCompiled = !problems.some(({ severity }) => severity === 'error');
  if (isPlain && hasCompiled && wish.pillarenv === configured.pillarenv) request.onPillar?.(pillar);
}

function notCompiled(problems: readonly Problem[]): AppError {
  return minionError('pillar-failed', `The pillar does not compile:\n${formatProblems(problems)}`, { problems });
}

function configuredWish(options: Dict): PillarWish {
  const pillarenv = options.get('pillarenv');
  const saltenv = options.get('saltenv');
  return {
    ...(typeof pillarenv === 'string' ? { pillarenv } : {}),
    ...(typeof saltenv === 'string' ? { saltenv } : {}),
  };
}

/** Has the master compile; what it refuses comes back as problems. The run learns what the master decrypted. */
export function createMasterPillarCompiler(
  link: MasterLink,
  secrets: RunSecrets,
  grains: () => Promise<Dict>,
): PillarCompiler {
  return async ({ pillarenv, saltenv, override, external, isStanding, isFresh, why }) => {
    if (external !== undefined) throw onDemandRefusal(external);
    try {
      const answer = await ask(link, 'pillar.compile', {
        grains: encodeValue(await grains()),
        pillarenv,
        saltenv,
        standing: isStanding === true,
        fresh: isFresh === true,
        why: why === undefined ? undefined : [...why],
        override: override === undefined ? undefined : encodeValue(override),
      });
      const decoded = answer['pillar'] instanceof Uint8Array ? decodeValue(answer['pillar']) : null;
      const pillar: Dict = isDict(decoded) ? decoded : new Map();
      learnSecrets(answer, secrets);
      secrets.name(pillar);
      const { version, origins } = answer;
      return {
        pillar,
        problems: [],
        ...(typeof version === 'string' ? { version } : {}),
        ...(Array.isArray(origins) ? { origins: origins as readonly SourceSpan[] } : {}),
      };
    } catch (error) {
      if (!isAppError(error, 'pillar-failed')) throw error;
      const problems = error.problems.length > 0 ? error.problems : [toProblem(error.message)];
      return { pillar: new Map([['_errors', problems.map(formatProblem)]]), problems };
    }
  };
}

function learnSecrets(answer: Readonly<Record<string, unknown>>, secrets: RunSecrets): void {
  const { secrets: texts, redactionKey: key } = answer;
  if (!Array.isArray(texts)) return;
  const found = texts.filter((text: unknown): text is string => typeof text === 'string');
  secrets.learn(found, key instanceof Uint8Array ? key : new Uint8Array());
}

/** A source runs on the master, with the master's rights: only its own configuration says which. */
function onDemandRefusal(external: Dict): AppError {
  const names = [...external.keys()].map(pythonStr).join(', ');
  const message = `The master runs no external pillar on demand of a minion: ${names} belongs in its ext_pillar`;
  return minionError('pillar-failed', message);
}

function toProblem(summary: string): Problem {
  return { severity: 'error', code: 'pillar-failed', summary };
}
