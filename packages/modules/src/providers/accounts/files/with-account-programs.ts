import { isAppError } from '@brine/common';
import type { CommandRequest, CommandResult, Host } from '../../../kit/index.ts';
import { runTool } from '../../commands/run-tool.ts';
import { AccountTables } from './account-tables.ts';
import { changeHome } from './change-homes.ts';
import { addGroup, changeGroup, changeMembers, removeGroup } from './edit-groups.ts';
import { changeAging, changePassword, setPasswords } from './edit-shadow.ts';
import { addUser, changeUser, removeUser, type HomeChange } from './edit-users.ts';

type Edit = (tables: AccountTables, words: readonly string[], input: string) => readonly HomeChange[] | void;

const programs: Readonly<Record<string, Edit>> = {
  useradd: addUser,
  usermod: changeUser,
  userdel: removeUser,
  groupadd: addGroup,
  groupmod: changeGroup,
  groupdel: removeGroup,
  gpasswd: changeMembers,
  chage: changeAging,
  passwd: changePassword,
  chpasswd: (tables, _words, input) => setPasswords(tables, input),
};

/**
 * A machine that has the programs of the shadow package. Where they are missing and busybox is there, which can only make
 * and remove accounts, the files of accounts are edited here to the same end.
 */
export function withAccountPrograms<Machine extends Pick<Host, 'which' | 'run' | 'files'>>(machine: Machine): Machine {
  const isOurs = async (program: string): Promise<boolean> =>
    Object.hasOwn(programs, program) &&
    (await machine.which(program)) === undefined &&
    (await machine.which('busybox')) !== undefined;
  return {
    ...machine,
    which: async (program: string) => ((await isOurs(program)) ? `/etc/${program}` : machine.which(program)),
    async run(request: CommandRequest): Promise<CommandResult> {
      const [program = '', ...words] = Array.isArray(request.command) ? (request.command as readonly string[]) : [];
      return (await isOurs(program))
        ? edit(machine, program, { words, input: String(request.input ?? '') })
        : machine.run(request);
    },
  };
}

/** {@link runTool} for the programs of accounts, wherever they come from. */
export function runAccountProgram(
  machine: Pick<Host, 'which' | 'run' | 'files'>,
  command: readonly string[],
  request: Omit<CommandRequest, 'command'> = {},
): Promise<CommandResult> {
  return runTool(withAccountPrograms(machine), command, request);
}

async function edit(
  machine: Pick<Host, 'files'>,
  program: string,
  { words, input }: { readonly words: readonly string[]; readonly input: string },
): Promise<CommandResult> {
  const ended = { pid: 0, stdout: '', timedOut: false };
  try {
    const tables = await AccountTables.load(machine, rootOf(words));
    const changes = programs[program]?.(tables, words, input) ?? [];
    await tables.save();
    for (const change of changes) await changeHome(machine, change);
    return { ...ended, exitCode: 0, stderr: '' };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    const { exitCode } = caught.details;
    return {
      ...ended,
      exitCode: typeof exitCode === 'number' ? exitCode : 1,
      stderr: `${program}: ${caught.message}\n`,
    };
  }
}

function rootOf(words: readonly string[]): string {
  const at = words.findIndex((word) => word === '-R' || word === '--root');
  return at < 0 ? '' : (words[at + 1] ?? '').replace(/\/+$/, '');
}
