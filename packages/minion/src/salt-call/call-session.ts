import path from 'node:path';
import {
  brineVersion,
  compatibleSaltVersion,
  decodeValue,
  encodeMessage,
  encodeValue,
  isDict,
  pythonStr,
  type Dict,
  type JobReturn,
  type Logger,
  type Value,
} from '@brine/common';
import { ask, type MasterLink } from '../call/master-link.ts';
import { withMasterOptions } from '../call/master-options.ts';
import type { MinionOptions } from '../call/minion-options.ts';
import { connectDaemonLink, type DaemonLink } from '../local-link/daemon-link.ts';

/** A `salt-call`'s connection to its master. */
export interface CallSession {
  readonly link: MasterLink;
  /** The daemon of this machine, when the session goes through one. */
  readonly daemon?: MasterLink;
  /** The minion's options with what the master decides. */
  readonly options: Dict;
  /** Tells the master what was called and what came of it; that it could not be told is only logged. */
  sendReturn(call: CallReturn): Promise<void>;
  close(): Promise<void>;
}

/** A call that ended. */
export interface CallReturn {
  readonly jid: string;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** `--set-metadata`. */
  readonly metadata: string | undefined;
  readonly value: Value;
  readonly retcode: number;
  readonly outputter: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** How a session is made. */
export interface CallSessionRequest {
  readonly settings: MinionOptions;
  readonly log: Logger;
  /** Seconds to wait for the master. */
  readonly timeout: number;
}

/**
 * Reaches the master: through the daemon when one runs here, for a minion has one session; else through a session of
 * its own. Throws `master-unreachable`, `master-refused` and `master-unconfigured`.
 */
export async function connectForCall(request: CallSessionRequest): Promise<CallSession> {
  const daemon = await connectDaemonBeside(request.settings);
  if (daemon !== undefined) {
    const told = await askDaemon(daemon, request.timeout);
    return toSession(request, { link: daemon, daemon, told: told['options'], close: async () => daemon.close() });
  }
  const { connectOwnSession } = await import('./own-session.ts');
  const own = await connectOwnSession(request);
  const told = await ask(own.link, 'minion.hello', {
    version: brineVersion,
    saltVersion: compatibleSaltVersion,
    purpose: 'call',
    grains: encodeValue(new Map([['id', request.settings.id]])),
    runningJobs: [],
  });
  return toSession(request, { ...own, told: told['options'] });
}

/** The daemon of this machine; `undefined` when none runs. */
export async function connectDaemonBeside({ options }: MinionOptions): Promise<DaemonLink | undefined> {
  return connectDaemonLink(path.join(pythonStr(options.get('sock_dir') ?? ''), 'minion.sock'));
}

/** Waits for the daemon's session; a link that is not to be used is closed. */
async function askDaemon(daemon: DaemonLink, timeout: number): ReturnType<typeof ask> {
  try {
    return await ask(daemon, 'local.options', { patience: timeout * 1000 });
  } catch (error) {
    daemon.close();
    throw error;
  }
}

function toSession(
  { settings, log }: CallSessionRequest,
  { told, ...session }: Pick<CallSession, 'link' | 'daemon' | 'close'> & { readonly told: unknown },
): CallSession {
  const decided = told instanceof Uint8Array ? decodeValue(told) : null;
  return {
    ...session,
    options: isDict(decided) ? withMasterOptions(settings.options, decided) : settings.options,
    sendReturn: async (call) => {
      try {
        await session.link.request('job.report', encodeMessage(toReturn(call)));
      } catch (error) {
        log.debug('master did not take the return', { error });
      }
    },
  };
}

function toReturn({ jid, fun, value, retcode, outputter, startedAt, ...call }: CallReturn): JobReturn {
  return {
    jid,
    fun,
    retcode,
    startedAt,
    status: retcode === 0 ? 'ok' : 'failed',
    value: encodeValue(value),
    duration: Date.now() - startedAt,
    own: {
      ...{ kind: 'call', report: 'store' },
      argument: encodeValue([...call.positional]),
      keywordArgument: encodeValue(call.keyword),
      ...(call.metadata === undefined ? {} : { metadata: encodeValue(call.metadata) }),
    },
    ...(outputter === undefined ? {} : { outputter }),
  };
}
