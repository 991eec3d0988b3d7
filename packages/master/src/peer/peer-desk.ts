import { AppError, callsOf, type Clock, type Dict, type MinionId, type Target, type Value } from '@brine/common';
import type { JudgedCaller, MasterCall, RunnerControl } from '@brine/api';
import { callsWithin } from '../access/nested-calls.ts';
import type { Dispatcher } from '../jobs/dispatcher.ts';
import type { MinionDirectory } from '../minions/minion-directory.ts';
import { peerPermissions } from './peer-permissions.ts';

/** A job that a minion asks for. */
export interface PeerJob {
  readonly target: Target;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** Milliseconds in which a minion must have taken it. */
  readonly deliverWithin: number;
}

/** What has come in of something a minion asked for. */
export interface PeerAnswer {
  /** Nothing more comes. */
  readonly isDone: boolean;
  /** Of a job: minion → answer. Of a runner: its answer. */
  readonly value: Value;
}

/** What minions ask of other minions and of runners, as far as `peer` and `peer_run` let them. */
export interface PeerDesk {
  /** Throws `peer-refused`, `peer-busy` and `target-invalid`. An empty set of minions is no job: `jid` is absent. */
  publish(minion: MinionId, job: PeerJob): Promise<{ readonly jid?: string; readonly minions: readonly string[] }>;
  /** Throws `peer-refused` and `peer-busy`. */
  run(minion: MinionId, call: MasterCall): { readonly jid: string };
  /** Waits for something this minion asked for, so many milliseconds at most. Throws `peer-unknown` and what the runner threw. */
  wait(minion: MinionId, jid: string, milliseconds: number): Promise<PeerAnswer>;
}

/** What the desk works with. */
export interface PeerDeskOptions {
  /** `peer` and `peer_run`. */
  readonly peer: Dict;
  readonly peerRun: Dict;
  /** Milliseconds a minion with the job may be away before it counts as unreachable. */
  readonly patience: number;
  readonly directory: Pick<MinionDirectory, 'match'>;
  readonly dispatcher: Pick<Dispatcher, 'submit' | 'follow'>;
  readonly runners: Pick<RunnerControl, 'run'>;
  readonly nextJid: () => string;
  readonly clock: Clock;
}

/** Something that was asked for and may still be under way. */
interface Errand {
  readonly minion: MinionId;
  read(): PeerAnswer;
  /** Resolves when nothing more comes. */
  readonly done: Promise<void>;
}

/** Errands of one minion, and milliseconds after which one that ended is forgotten. */
const limits = { errands: 50, keep: 300_000 };

/** Creates the desk. */
export function createPeerDesk(options: PeerDeskOptions): PeerDesk {
  const errands = new Map<string, Errand>();
  const { clock } = options;
  const callerOf = (minion: MinionId): JudgedCaller => ({
    ...{ via: 'minion', user: minion },
    permissions: peerPermissions(minion, options),
  });
  const requireRoom = (minion: MinionId): void => {
    const open = [...errands.values()].filter((errand) => errand.minion === minion);
    if (open.length < limits.errands) return;
    throw new AppError({ code: 'peer-busy', message: `${minion} has ${limits.errands} errands under way already` });
  };
  const keep = (jid: string, errand: Errand): void => {
    errands.set(jid, errand);
    void errand.done.then(() => clock.after(limits.keep, () => errands.delete(jid)));
  };
  return {
    async publish(minion, { target: asked, ...job }) {
      requireNoLoop(minion, job);
      requireRoom(minion);
      // What a minion may find out of others' pillar is whether a whole value is what it thinks.
      const minions = options.directory.match(asked, { pillarIsExact: true });
      if (minions.length === 0) return { minions };
      const target: Target = { type: 'list', expression: minions.join(',') };
      const { jid } = await asPeer(async () => options.dispatcher.submit({ ...job, target }, callerOf(minion)));
      keep(jid, followErrand(minion, jid, options));
      return { jid, minions };
    },
    run(minion, call) {
      requireNoLoop(minion, call);
      requireRoom(minion);
      const jid = options.nextJid();
      keep(jid, runErrand(minion, options.runners.run(call, callerOf(minion))));
      return { jid };
    },
    async wait(minion, jid, milliseconds) {
      const errand = errands.get(jid);
      if (errand === undefined || errand.minion !== minion) {
        throw new AppError({ code: 'peer-unknown', message: `${minion} has asked for no ${jid}` });
      }
      await Promise.race([errand.done, new Promise<void>((resolve) => clock.after(milliseconds, resolve))]);
      return errand.read();
    },
  };
}

/** A minion that has others command minions in turn could go on for ever. */
function requireNoLoop(minion: MinionId, call: MasterCall): void {
  const calls = callsOf(call).flatMap((one) => callsWithin(one));
  const loop = calls.find(({ fun }) => fun.startsWith('publish.'));
  if (loop === undefined) return;
  throw new AppError({ code: 'peer-refused', message: `${minion} may not have others run ${loop.fun}` });
}

async function asPeer<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw toPeerError(error);
  }
}

function toPeerError(error: unknown): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const isRefusal = code === 'job-refused' || code === 'access-refused';
  return isRefusal ? new AppError({ code: 'peer-refused', message: String(message), cause: error }) : error;
}

function followErrand(minion: MinionId, jid: string, { dispatcher, patience }: PeerDeskOptions): Errand {
  const { signal } = new AbortController();
  const answers: Dict = new Map();
  let isDone = false;
  const follow = async (): Promise<void> => {
    for await (const event of dispatcher.follow(jid, { patience, signal })) {
      if (event.kind === 'return' && event.status !== 'expired') answers.set(event.minion, event.value);
    }
  };
  const done = follow()
    .catch(() => {})
    .then(() => {
      isDone = true;
    });
  return { minion, done, read: () => ({ isDone, value: answers }) };
}

function runErrand(minion: MinionId, answer: ReturnType<RunnerControl['run']>): Errand {
  let read = (): PeerAnswer => ({ isDone: false, value: null });
  const done = answer.then(
    ({ value }) => {
      read = () => ({ isDone: true, value });
    },
    (error: unknown) => {
      read = () => {
        throw toPeerError(error);
      };
    },
  );
  return { minion, done, read: () => read() };
}
