import {
  AppError,
  callsOf,
  liftMarkedKeywords,
  matchCompound,
  pythonStr,
  targetLooksAtPillar,
  type Dict,
  type MinionId,
  type Target,
  type Value,
} from '@brine/common';
import { isUnbound, type Caller, type JobRequest, type JudgedCaller } from '@brine/api';
import { requireFunctionNames } from '../jobs/job-policy.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import { anyFunction, callsWithin } from './nested-calls.ts';
import {
  allowsCall,
  matchesExpression,
  matchesStart,
  readPermissions,
  type Call,
  type Permission,
} from './permission.ts';

/** Decides what callers may do; every door asks it. */
export interface AccessEngine {
  /** Throws `job-refused` when a job, or a call inside it, is not allowed. */
  judgeJob(
    request: Pick<JobRequest, 'target' | 'fun' | 'positional' | 'keyword' | 'showsSecrets' | 'returners'>,
    caller: Caller,
  ): void;
  /**
   * The target as it stands for a caller. Who may not see secrets finds out of pillars only whether a whole value is what
   * it thinks, as a pattern would tell a value letter by letter. Throws `target-empty` when that means nobody.
   */
  targetFor(target: Target, caller: Caller): Target;
  /** Throws `access-refused` when a runner or wheel function is not allowed. */
  judgeSpecial(kind: 'runner' | 'wheel', call: Call, caller: Caller): void;
  /** Throws `access-refused` when a caller may not see the secrets that a function would show. */
  judgeSecrets(fun: string, caller: Caller): void;
}

/** What an engine decides by. */
export interface AccessEngineOptions {
  readonly directory: Pick<MinionDirectory, 'match' | 'subjectOf'>;
  readonly nodegroups: Dict;
  /** `publisher_acl`, for users who became root by sudo while `sudo_acl` is set. */
  readonly publisherAcl: Dict;
  readonly sudoAcl: boolean;
  /** `publisher_acl_blacklist` */
  readonly blacklist: Dict;
  readonly onDecision: (decision: Decision) => void;
}

/** What was decided; for the audit log. */
export interface Decision {
  readonly caller: Caller;
  readonly kind: 'job' | 'runner' | 'wheel' | 'secrets';
  readonly fun: string;
  readonly isAllowed: boolean;
  readonly target?: Target;
}

/** What every caller may run: it tells whether a job is still alive. */
const alwaysAllowed = new Set(['saltutil.find_job']);

/** Creates the engine. */
export function createAccessEngine(options: AccessEngineOptions): AccessEngine {
  const read = createReader();
  function judgeSecrets(fun: string, caller: Caller): void {
    const judged = judgedCaller(caller, options);
    const isAllowed = judged === undefined || read(judged.permissions).some(allowsSecrets);
    options.onDecision({ caller, kind: 'secrets', fun, isAllowed });
    if (!isAllowed) throw refused('access-refused', caller, 'see secrets');
  }
  return {
    judgeSecrets,
    targetFor(target, caller) {
      const minions = minionsByWholeValues(target, { caller, read, options });
      if (minions === undefined) return target;
      if (minions.length > 0) return { type: 'list', expression: minions.join(',') };
      throw new AppError({ code: 'target-empty', message: 'No minions matched the target.', exitCode: 2 });
    },
    judgeJob(request, caller) {
      requireFunctionNames(request);
      const calls = [...callsOf(request), ...returnerCalls(request)];
      const isAllowed = mayRunJob(calls, request.target, { caller, read, options });
      if (!isUnbound(caller) || !isAllowed) {
        options.onDecision({ caller, kind: 'job', fun: request.fun, isAllowed, target: request.target });
      }
      if (!isAllowed) throw refused('job-refused', caller, `run ${request.fun} on '${request.target.expression}'`);
      if (request.showsSecrets === true) judgeSecrets(request.fun, caller);
    },
    judgeSpecial(kind, given, caller) {
      const [call = given] = callsOf(given);
      const isAllowed = mayRunSpecial(kind, call, { caller, read, options });
      options.onDecision({ caller, kind, fun: call.fun, isAllowed });
      if (!isAllowed) throw refused('access-refused', caller, `run the ${kind} function ${call.fun}`);
    },
  };
}

/** Settings of a returner can name any file and any server: only who may do everything gives them. */
function returnerCalls({ returners }: Pick<JobRequest, 'returners'>): readonly Call[] {
  const hasSettings = returners?.kwargs !== undefined && returners.kwargs.size > 0;
  return hasSettings ? [{ fun: anyFunction, positional: [], keyword: new Map() }] : [];
}

/** Whom a target means when its pillar terms compare whole values; `undefined` where it means what it says. */
function minionsByWholeValues(target: Target, { caller, read, options }: Trial): readonly MinionId[] | undefined {
  // A nodegroup is the administrator's expression.
  if (target.type === 'nodegroup' || !targetLooksAtPillar(target, options.nodegroups)) return undefined;
  const judged = judgedCaller(caller, options);
  if (judged === undefined) return undefined;
  const mayKnow = read(judged.permissions).some(
    (one) => allowsSecrets(one) || (one.kind === 'function' && matchesStart(one.name, anyFunction)),
  );
  return mayKnow ? undefined : options.directory.match(target, { pillarIsExact: true });
}

interface Trial {
  readonly caller: Caller;
  readonly read: (entries: readonly Value[]) => readonly Permission[];
  readonly options: AccessEngineOptions;
}

function mayRunJob(calls: readonly Call[], target: Target, trial: Trial): boolean {
  const { caller, options } = trial;
  const all = calls.flatMap((call) => callsWithin(call));
  if (isBlacklisted(caller, all, options.blacklist)) return false;
  const judged = judgedCaller(caller, options);
  if (judged === undefined) return true;
  const permissions = trial.read(judged.permissions);
  const minions = minionsByWholeValues(target, trial) ?? options.directory.match(target);
  return all.every(
    (call) =>
      alwaysAllowed.has(call.fun) ||
      permissions.some((one) => allowsJob(one, call, { minions, options: trial.options })),
  );
}

function allowsJob(
  permission: Permission,
  call: Call,
  { minions, options }: { readonly minions: readonly MinionId[]; readonly options: AccessEngineOptions },
): boolean {
  switch (permission.kind) {
    case 'function':
      return matchesStart(permission.name, call.fun);
    case 'target':
      return allowsCall(permission.functions, call) && areAllMeant(permission.target, minions, options);
    case 'special':
      return false;
  }
}

/** An empty set of minions is nobody's: what matches none today could match others tomorrow. */
function areAllMeant(target: string, minions: readonly MinionId[], options: AccessEngineOptions): boolean {
  const { directory, nodegroups } = options;
  return minions.length > 0 && minions.every((id) => matchCompound(target, directory.subjectOf(id), { nodegroups }));
}

function mayRunSpecial(kind: 'runner' | 'wheel', call: Call, { caller, read, options }: Trial): boolean {
  if (isBlacklisted(caller, innerCalls(call), options.blacklist)) return false;
  const judged = judgedCaller(caller, options);
  if (judged === undefined) return true;
  const [module = '', name = '', ...rest] = call.fun.split('.');
  if (name === '' || rest.length > 0) return false;
  const permissions = read(judged.permissions);
  const isNestedAllowed = innerCalls(call).every((inner) =>
    permissions.some((one) => one.kind === 'function' && matchesStart(one.name, inner.fun)),
  );
  return isNestedAllowed && permissions.some((one) => allowsSpecial(one, { kind, module, name }, call));
}

/** Secrets are no part of anything else: nobody sees them by a permission that is older than them. */
function allowsSecrets(permission: Permission): boolean {
  return permission.kind === 'special' && permission.area === 'secrets' && permission.functions === undefined;
}

/** What these are given - files of reactions, steps of orchestrations - can do everything. */
const bringsItsOwn: ReadonlySet<string> = new Set([
  ...['reactor.add', 'state.orchestrate_single', 'state.orchestrate_high', 'rollout.start'],
]);

/**
 * `salt.cmd` runs an execution function on the master itself; what it names must be allowed everywhere. What
 * the runners of {@link bringsItsOwn} bring acts with the master's authority.
 */
function innerCalls(call: Call): readonly Call[] {
  if (bringsItsOwn.has(call.fun)) return callsWithin({ fun: anyFunction, positional: [], keyword: new Map() });
  if (call.fun !== 'salt.cmd') return [];
  const { fun = call.positional[0], args = [], ...given } = readSaltCmd(call);
  const isReadable = typeof fun === 'string' && Array.isArray(args);
  const further = Array.isArray(args) ? args : [];
  const inner = liftMarkedKeywords([...call.positional.slice(1), ...further], given.keyword);
  return callsWithin({ fun: isReadable ? fun : anyFunction, ...inner });
}

/** What `salt.cmd` takes itself, and what it hands on. */
function readSaltCmd({ keyword }: Call): { readonly fun?: Value; readonly args?: Value; readonly keyword: Dict } {
  const handedOn = new Map([...keyword].filter(([name]) => !['fun', 'args', 'with_pillar'].includes(pythonStr(name))));
  const [fun, args] = [keyword.get('fun'), keyword.get('args')];
  return { keyword: handedOn, ...(fun === undefined ? {} : { fun }), ...(args === undefined ? {} : { args }) };
}

function allowsSpecial(
  permission: Permission,
  { kind, module, name }: { readonly kind: string; readonly module: string; readonly name: string },
  call: Call,
): boolean {
  if (permission.kind !== 'special') return false;
  const { area, functions } = permission;
  const isWhole = area === kind || area === `${kind}s`;
  if (functions === undefined) return isWhole || area === module;
  if (area === module && allowsCall(functions, { ...call, fun: name })) return true;
  return isWhole && allowsCall(functions, call);
}

/** Whose permissions count; `undefined` for those who may do everything. */
function judgedCaller(caller: Caller, { sudoAcl, publisherAcl }: AccessEngineOptions): JudgedCaller | undefined {
  if (!isUnbound(caller)) return caller;
  const sudoer = /^sudo_(.+)$/.exec(caller.user)?.[1];
  if (caller.via === 'master' || sudoer === undefined || !sudoAcl || publisherAcl.size === 0) return undefined;
  return { via: 'local', user: caller.user, permissions: permissionsOfLocalUser(sudoer, publisherAcl) };
}

/** What `publisher_acl` has for a user. */
export function permissionsOfLocalUser(user: string, publisherAcl: Dict): readonly Value[] {
  return [...publisherAcl].flatMap(([expression, entries]) =>
    matchesExpression(pythonStr(expression), user) && Array.isArray(entries) ? entries : [],
  );
}

function isBlacklisted(caller: Caller, calls: readonly Call[], blacklist: Dict): boolean {
  if (caller.via === 'master') return false;
  const texts = (key: string): readonly string[] => {
    const value = blacklist.get(key);
    return Array.isArray(value) ? value.map(pythonStr) : [];
  };
  if (texts('users').some((expression) => matchesExpression(expression, caller.user))) return true;
  // What cannot be read could be what nobody may; the owner, who writes the list, is trusted with it.
  const isOpaque = !isUnbound(caller) && calls.some(({ fun }) => fun === anyFunction);
  const modules = texts('modules');
  return modules.some((expression) => isOpaque || calls.some(({ fun }) => matchesExpression(expression, fun)));
}

function refused(code: 'job-refused' | 'access-refused', caller: Caller, what: string): AppError {
  return new AppError({ code, message: `${caller.user} may not ${what}` });
}

/** Lists of permissions are few and repeat, so each is read once. */
function createReader(): (entries: readonly Value[]) => readonly Permission[] {
  const known = new WeakMap<readonly Value[], readonly Permission[]>();
  return (entries) => {
    const found = known.get(entries) ?? readPermissions(entries);
    known.set(entries, found);
    return found;
  };
}
