import { lineText, operand, optional, type Host, type ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';

/** The arguments that `webutil.*` states share. */
export const htpasswdArguments = {
  name: operand()
    .refine((value) => !value.includes(':'), 'must not have a colon')
    .describe('Name of the user.'),
  htpasswd_file: lineText()
    .refine((value) => value.startsWith('/'), 'must be an absolute path')
    .describe('The file.'),
  runas: optional(lineText()).describe('Account htpasswd runs as; that of the minion unless given.'),
};

/** A password as `htpasswd` takes it. */
export interface PasswordEntry {
  readonly name: string;
  readonly password: string;
  readonly htpasswd_file: string;
  /** Letters of htpasswd that choose the hash. */
  readonly options: string;
  readonly runas: string | undefined;
}

/** Whether a file of passwords is there and names a user. */
export async function hasUser(host: ReadHost, file: string, name: string): Promise<boolean> {
  const content = await host.files.read(file);
  return (
    content !== undefined &&
    Buffer.from(content)
      .toString()
      .split('\n')
      .some((line) => line.startsWith(`${name}:`))
  );
}

const command = (letters: string, { name, htpasswd_file: file, options }: PasswordEntry): readonly string[] => [
  ...['htpasswd', `-i${letters}${options}`, file, name],
];

// The password goes through standard input, for command lines are for everyone to see.
const asked = ({ password, runas }: PasswordEntry): { readonly input: string; readonly user?: string } => ({
  input: password,
  ...(runas === undefined ? {} : { user: runas }),
});

/** Whether a user's password in the file is this one. */
export async function hasPassword(host: ReadHost, entry: PasswordEntry): Promise<boolean> {
  return (await host.inspect({ command: command('v', entry), timeout: 60_000, ...asked(entry) })).exitCode === 0;
}

/** Writes a user into the file, which is made where there is none, and answers what htpasswd says. */
export async function writeUser(machine: Host, entry: PasswordEntry): Promise<string> {
  const isNew = (await machine.files.stat(entry.htpasswd_file)) === undefined;
  return (await runTool(machine, command(isNew ? 'c' : '', entry), asked(entry))).stderr.trim();
}
