import { decodeMessage, encodeMessage, pythonStr, type Clock, type Dict } from '@brine/common';

/** Ends the daemon when somebody on this machine, or a job, has asked for it (`minion.kill`, `minion.restart`). */
export interface Dismissals {
  /** Answers `local.end`: `{jid, restart}`. What is answered is told before anything ends. */
  readonly answer: (body: Uint8Array) => Uint8Array;
  /** A job ended and its return is in the journal. */
  readonly ended: (jid: string) => void;
}

/** What dismissals stand on. */
export interface DismissalOptions {
  readonly clock: Clock;
  readonly options: () => Dict;
  /** The command line of a daemon that can start itself again in the background. */
  readonly ownCommand?: readonly string[];
  readonly isRunning: (jid: string) => boolean;
  /** Ends the daemon and then, if there is one, runs the command. */
  readonly end: (command: readonly string[] | undefined) => void;
}

// For the answer to reach a `salt-call` before the daemon ends.
const answerMilliseconds = 250;

/** Creates them; a job that asked ends first, whatever else happens meanwhile. */
export function createDismissals({ clock, options, ownCommand, isRunning, end }: DismissalOptions): Dismissals {
  const waiting = new Map<string, readonly string[] | undefined>();
  return {
    answer: (body) => {
      const { jid, restart } = decodeMessage(body) as { readonly jid?: unknown; readonly restart?: unknown };
      const found = restart === true ? restartCommand(options(), ownCommand) : undefined;
      if (isRunning(String(jid))) waiting.set(String(jid), found?.command);
      else clock.after(answerMilliseconds, () => end(found?.command));
      return encodeMessage({ pid: process.pid, ...found });
    },
    ended: (jid) => {
      if (waiting.has(jid)) end(waiting.get(jid));
    },
  };
}

function restartCommand(
  options: Dict,
  ownCommand: readonly string[] | undefined,
): { readonly from: 'setting' | 'argv'; readonly command: readonly string[] } | undefined {
  const setting = options.get('minion_restart_command');
  if (Array.isArray(setting) && setting.length > 0)
    return { from: 'setting', command: setting.map((word) => pythonStr(word)) };
  return ownCommand === undefined ? undefined : { from: 'argv', command: ownCommand };
}
