import type { CommandRequest, CommandResult, Host } from '../../kit/index.ts';
import { createAccounts, type Accounts } from './accounts.ts';
import { findProgram } from './find-program.ts';
import { runCommand } from './run-command.ts';
import { createWritableFiles } from './writable-files.ts';

/** The machine this process runs on. The one place from which files are written and programs are started. */
export function createLocalHost(): Host {
  let accounts: Accounts | undefined = undefined;
  const run = (request: CommandRequest): Promise<CommandResult> => runCommand(request, nameService);
  const nameService = (): Accounts => (accounts ??= createAccounts(run));
  return {
    files: createWritableFiles(run),
    inspect: (request) => run({ ...request, environment: { LC_ALL: 'C.UTF-8', ...request.environment } }),
    run,
    account: (key) => nameService().account(key),
    group: (key) => nameService().group(key),
    groupsOf: (account) => nameService().groupsOf(account),
    accounts: () => nameService().accounts(),
    groups: () => nameService().groups(),
    which: (program) => Promise.resolve(findProgram(program)),
    identity: () => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }),
    environment: (name) => process.env[name],
    environmentNames: () => Object.keys(process.env),
    setEnvironment: (name, value) => {
      if (value === null) delete process.env[name];
      else process.env[name] = value;
    },
  };
}
