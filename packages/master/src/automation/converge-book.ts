import {
  compareTexts,
  decodeMessage,
  decodeValue,
  encodeMessage,
  isDict,
  pythonStr,
  type Dict,
  type Plain,
  type Value,
} from '@brine/common';
import type { EventBus } from '../events/event-bus.ts';
import type { OwnJobReturn } from '../jobs/own-job-report.ts';
import type { AutomationStore } from './automation-store.ts';

/** A step that is not as it should be, was repaired, or failed. */
interface NotedStep {
  readonly sls: string;
  readonly place?: string;
  readonly name: string;
  readonly comment: string;
  readonly changes: string;
}

/** What one run said, as it is kept. */
interface NotedRun {
  readonly jid: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Id → step. */
  readonly drifted: Readonly<Record<string, NotedStep>>;
  readonly failed: Readonly<Record<string, NotedStep>>;
  readonly repaired: Readonly<Record<string, NotedStep>>;
  /** Ids of steps that were as they should be. */
  readonly fine?: readonly string[];
  /** Why nothing ran. */
  readonly problem?: string;
}

interface NotedMinion {
  readonly mode: string;
  readonly run?: NotedRun;
  /** What looks at drifted files, after that run, came to together. */
  readonly look?: NotedRun;
  readonly lastRepair?: NotedRun;
  readonly status: Status;
  /** Since when the status is what it is; milliseconds since the Unix epoch. */
  readonly since: number;
}

type Status = 'in state' | 'drifted' | 'failing';

/** What the master knows of the converge loops of its minions. */
export interface ConvergeBook {
  /** Notes a report of a minion and tells the event bus of drift; the same report twice is as once. */
  note(minion: string, report: OwnJobReturn): Promise<void>;
  /** Whether a report repaired something, or finds other steps amiss than the one of its kind before it. */
  isNews(minion: string, report: OwnJobReturn): boolean;
  /** Minion → how it stands, in the shape of `converge.status`. */
  status(): Dict;
  forget(minion: string): Promise<void>;
}

const kind = 'converge';
const longestText = 4000;

/** Creates the book; what it knew is read from the store. */
export function createConvergeBook(store: AutomationStore, events: EventBus): ConvergeBook {
  const minions = new Map<string, NotedMinion>();
  for (const [name, value] of store.facts(kind)) minions.set(name, decodeMessage(value) as NotedMinion);
  const announced = new Map<string, string>();
  return {
    note: async (minion, report) => {
      const metadata = report.own.metadata === undefined ? null : decodeValue(report.own.metadata);
      const mode = isDict(metadata) ? pythonStr(metadata.get('mode') ?? '') : '';
      const run = readRun(report);
      const next = follow(minions.get(minion), { mode, run, isWhole: report.own.name === 'run' });
      minions.set(minion, next);
      await store.setFact(kind, minion, encodeMessage(next));
      // One that comes again is told of again only when whoever noted it may have died before telling.
      if (announced.get(minion) === run.jid) return;
      announced.set(minion, run.jid);
      announce(events, minion, { mode, run, status: next.status });
    },
    isNews: (minion, report) => {
      const run = readRun(report);
      const noted = minions.get(minion);
      const before = report.own.name === 'run' ? noted?.run : noted?.look;
      // One that is told again is left to whoever keeps jobs, which knows those it has.
      if (before === undefined || before.jid === run.jid) return true;
      const now = report.own.name === 'run' ? run : together(before, run);
      return Object.keys(run.repaired).length > 0 || saidOf(now) !== saidOf(before);
    },
    status: () =>
      new Map<Value, Value>(
        [...minions].sort(([a], [b]) => compareTexts(a, b)).map(([name, noted]) => [name, shown(noted)]),
      ),
    forget: async (minion) => {
      minions.delete(minion);
      announced.delete(minion);
      await store.removeFact(kind, minion);
    },
  };
}

function follow(
  before: NotedMinion | undefined,
  { mode, run, isWhole }: { readonly mode: string; readonly run: NotedRun; readonly isWhole: boolean },
): NotedMinion {
  const parts = isWhole ? { run } : { ...(before?.run && { run: before.run }), look: together(before?.look, run) };
  const status = judge(parts);
  const hasRepaired = Object.keys(run.repaired).length > 0;
  const lastRepair = hasRepaired ? run : before?.lastRepair;
  return {
    ...{ mode, ...parts, status },
    ...(lastRepair && { lastRepair }),
    since: before?.status === status ? before.since : run.at,
  };
}

/** A look is at some files only: what others found about other steps still holds. */
function together(before: NotedRun | undefined, look: NotedRun): NotedRun {
  return { ...look, ...merged(before, look) };
}

function merged(before: NotedRun | undefined, look: NotedRun): Pick<NotedRun, 'drifted' | 'failed' | 'fine'> {
  const told = new Set([...Object.keys({ ...look.drifted, ...look.failed, ...look.repaired }), ...(look.fine ?? [])]);
  const others = (steps: Readonly<Record<string, NotedStep>> = {}): Record<string, NotedStep> =>
    Object.fromEntries(Object.entries(steps).filter(([id]) => !told.has(id)));
  return {
    drifted: { ...others(before?.drifted), ...look.drifted },
    failed: { ...others(before?.failed), ...look.failed },
    fine: [...(before?.fine ?? []).filter((id) => !told.has(id)), ...(look.fine ?? []), ...Object.keys(look.repaired)],
  };
}

/** What a run says is amiss, as a text to compare. */
function saidOf({ drifted, failed, problem }: NotedRun): string {
  return JSON.stringify([drifted, failed, problem]);
}

function judge({ run, look }: Pick<NotedMinion, 'run' | 'look'>): Status {
  const runs = [run, look].filter((one) => one !== undefined);
  const has = (which: 'failed' | 'drifted'): boolean => Object.keys(whatOf(runs, which)).length > 0;
  if (runs.some(({ problem }) => problem !== undefined) || has('failed')) return 'failing';
  return has('drifted') ? 'drifted' : 'in state';
}

/** What the runs say, a later one about a step going before an earlier one. */
function whatOf(runs: readonly NotedRun[], which: 'failed' | 'drifted'): Readonly<Record<string, NotedStep>> {
  const what: Record<string, NotedStep> = {};
  for (const run of runs) {
    for (const id of [...(run.fine ?? []), ...Object.keys({ ...run.repaired, ...run.failed, ...run.drifted })])
      delete what[id];
    Object.assign(what, run[which]);
  }
  return what;
}

function readRun({ jid, startedAt, value, status }: OwnJobReturn): NotedRun {
  const returned = decodeValue(value);
  const run = { jid, at: startedAt, drifted: {}, failed: {}, repaired: {} } satisfies NotedRun;
  if (!isDict(returned)) {
    return status === 'ok'
      ? run
      : { ...run, problem: cut(Array.isArray(returned) ? returned.map(pythonStr).join('\n') : pythonStr(returned)) };
  }
  const found: {
    drifted: Record<string, NotedStep>;
    failed: Record<string, NotedStep>;
    repaired: Record<string, NotedStep>;
    fine: string[];
  } = { ...run, fine: [] };
  for (const answer of returned.values()) {
    if (!isDict(answer)) continue;
    const changes = answer.get('changes');
    const result = answer.get('result');
    const id = pythonStr(answer.get('__id__') ?? answer.get('name') ?? '');
    if (result === null) found.drifted[id] = readStep(answer);
    else if (result === false) found.failed[id] = readStep(answer);
    else if (isDict(changes) && changes.size > 0) found.repaired[id] = readStep(answer);
    else found.fine.push(id);
  }
  return { ...run, ...found };
}

function readStep(answer: Dict): NotedStep {
  const file = answer.get('__sls_file__');
  const changes = answer.get('changes');
  const diff = isDict(changes) ? (changes.get('diff') ?? changes) : null;
  return {
    sls: pythonStr(answer.get('__sls__') ?? ''),
    ...(typeof file === 'string' ? { place: `${file}:${pythonStr(answer.get('__sls_line__') ?? 1)}` } : {}),
    name: pythonStr(answer.get('name') ?? ''),
    comment: cut(pythonStr(answer.get('comment') ?? '')),
    changes: cut(diff === null || (isDict(diff) && diff.size === 0) ? '' : pythonStr(diff)),
  };
}

function cut(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function shown({ mode, run, look, lastRepair, status, since }: NotedMinion): Dict {
  const runs = [run, look].filter((one) => one !== undefined);
  const what = { ...whatOf(runs, 'drifted'), ...whatOf(runs, 'failed') };
  const problem = runs.find((one) => one.problem !== undefined)?.problem;
  return new Map<Value, Value>([
    ['status', status],
    ['mode', mode],
    ['since', timeOf(since)],
    ['last_run', run === undefined ? null : timeOf(run.at)],
    ['what', shownSteps(what)],
    ...(problem === undefined ? [] : [['problem', problem] as [Value, Value]]),
    ...(lastRepair === undefined
      ? []
      : [
          [
            'last_repair',
            new Map<Value, Value>([
              ['time', timeOf(lastRepair.at)],
              ['jid', lastRepair.jid],
              ['what', shownSteps(lastRepair.repaired)],
            ]),
          ] as [Value, Value],
        ]),
  ]);
}

function shownSteps(steps: Readonly<Record<string, NotedStep>>): Dict {
  return new Map<Value, Value>(
    Object.entries(steps).map(([id, { place, sls, name, comment, changes }]) => [
      id,
      new Map<Value, Value>([
        ['where', place ?? sls],
        ['name', name],
        ['comment', comment],
        ...(changes === '' ? [] : [['changes', changes] as [Value, Value]]),
      ]),
    ]),
  );
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** `salt/converge/MINION/drift`, `…/repaired`, `…/failed` and `…/ok`. */
function announce(
  events: EventBus,
  minion: string,
  { mode, run, status }: { readonly mode: string; readonly run: NotedRun; readonly status: Status },
): void {
  const facts = { id: minion, mode, jid: run.jid, status };
  const tell = (what: string, steps: Readonly<Record<string, NotedStep>>): void => {
    if (Object.keys(steps).length > 0) {
      events.emit(`salt/converge/${minion}/${what}`, { ...facts, what: shownSteps(steps) as Plain }, 'minion');
    }
  };
  tell('drift', run.drifted);
  tell('repaired', run.repaired);
  tell('failed', run.failed);
  if (run.problem !== undefined)
    events.emit(`salt/converge/${minion}/failed`, { ...facts, problem: run.problem }, 'minion');
  if (status === 'in state') events.emit(`salt/converge/${minion}/ok`, facts, 'minion');
}
