import type { Applied, Changes, Dict, Value } from '@brine/common';
import { runInChroot } from '../../functions/cmd/chroot.ts';
import { runCommand, type CommandAnswer, type CommandHost } from '../../functions/cmd/run-command.ts';
import type { StateContext } from '../../kit/index.ts';
import { reinterpret } from './stateful-output.ts';

/** A command as `cmd.run` and its siblings describe it; names as in SLS files. */
export interface ShellCommand {
  readonly cwd: string | undefined;
  /** Another root to run in. */
  readonly root: string | undefined;
  readonly runas: string | undefined;
  readonly group: string | undefined;
  readonly shell: string | undefined;
  readonly env: Dict | undefined;
  readonly clean_env: boolean;
  readonly prepend_path: string | undefined;
  readonly umask: string | undefined;
  readonly stdin: string | undefined;
  readonly bg: boolean;
  readonly stateful: boolean | Value[];
  readonly hide_output: boolean;
  readonly use_vt: boolean;
  readonly output_encoding: string | undefined;
  readonly timeout: number | undefined;
  readonly ignore_timeout: boolean;
  readonly rstrip: boolean;
  readonly reset_system_locale: boolean;
  readonly success_retcodes: readonly number[] | undefined;
  readonly success_stdout: readonly string[] | undefined;
  readonly success_stderr: readonly string[] | undefined;
}

/** Runs a shell line for a state and answers as Salt's `cmd` states do: the command's result as `changes`. */
export async function runShellState(
  run: { readonly line: string; readonly done: string; readonly command: ShellCommand },
  machine: CommandHost,
  context: StateContext,
): Promise<Applied> {
  const { line, done, command } = run;
  const { success_retcodes, success_stdout, success_stderr, root, ...rest } = command;
  const start = root === undefined ? runCommand : inRoot(root);
  const answer = await start(
    {
      ...rest,
      cmd: line,
      usesShell: true,
      umask: isZero(command.umask) ? undefined : command.umask,
      shell: command.shell ?? shellGrain(context),
      ...(success_retcodes === undefined ? {} : { success_retcodes }),
      ...(success_stdout === undefined ? {} : { success_stdout }),
      ...(success_stderr === undefined ? {} : { success_stderr }),
    },
    { ...context, host: machine, setRetcode: () => {} },
  );
  const settled = command.ignore_timeout ? forgiveTimeout(answer) : answer;
  const isStateful = command.stateful !== false;
  const failed = settled.retcode !== 0;
  return isStateful
    ? reinterpret(settled, failed)
    : { comment: done, changes: { ...toChanges(settled), ...(command.bg ? { retcode: null } : {}) }, failed };
}

// The run has set the mask for the whole state already; a command of its own may not ask for none.
function isZero(umask: string | undefined): boolean {
  return umask !== undefined && /^0+$/.test(umask);
}

function inRoot(root: string): typeof runCommand {
  return (run, context) => runInChroot(run, { root, binds: [] }, context);
}

function shellGrain(context: StateContext): string | undefined {
  const shell = context.grains.get('shell');
  return typeof shell === 'string' && shell.startsWith('/') ? shell : undefined;
}

function forgiveTimeout(answer: CommandAnswer): CommandAnswer {
  return answer.retcode === 1 && answer.stdout.includes('Timed out after') ? { ...answer, retcode: 0 } : answer;
}

/** A command's answer in the order Salt shows it. */
export function toChanges({ pid, retcode, stdout, stderr }: CommandAnswer): Changes {
  return { pid, retcode, stdout, stderr };
}
