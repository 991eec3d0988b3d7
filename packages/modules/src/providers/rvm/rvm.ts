import { lineText, optional, type CommandRequest, type Host, type ReadHost } from '../../kit/index.ts';
import { runTool, toolFailure } from '../commands/run-tool.ts';

/** The argument by which `rvm.*` states choose whose RVM is meant. */
export const rvmUser = optional(lineText()).describe('Account whose RVM is used; that of the machine unless given.');

/** A Ruby that RVM installed. */
export interface InstalledRuby {
  readonly implementation: string;
  readonly version: string;
  readonly isDefault: boolean;
}

type Request = Omit<CommandRequest, 'command'>;

/** Where the `rvm` of an account, or of the machine, would be. */
export async function locateRvm(host: ReadHost, user: string | undefined): Promise<string> {
  const account = user === undefined ? undefined : await host.account(user);
  const own = `${account?.home ?? ''}/.rvm/bin/rvm`;
  const isOwn = account !== undefined && (await host.files.stat(own)) !== undefined;
  return isOwn ? own : '/usr/local/rvm/bin/rvm';
}

/** Whether RVM is there. */
export async function hasRvm(host: ReadHost, user: string | undefined): Promise<boolean> {
  return (await host.files.stat(await locateRvm(host, user))) !== undefined;
}

const asUser = (user: string | undefined): Request => (user === undefined ? {} : { user });

/** What a command of RVM that only looks prints. Throws `state-failed`. */
export async function askRvm(host: ReadHost, user: string | undefined, words: readonly string[]): Promise<string> {
  const command = [await locateRvm(host, user), ...words];
  const result = await host.inspect({ command, timeout: 60_000, ...asUser(user) });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  return result.stdout;
}

/** Has RVM do something. Throws `state-failed`. */
export async function runRvm(
  machine: Host,
  user: string | undefined,
  { words, ...request }: { readonly words: readonly string[] } & Request,
): Promise<void> {
  await runTool(machine, [await locateRvm(machine, user), ...words], {
    timeout: 3_600_000,
    ...asUser(user),
    ...request,
  });
}

/** The Rubies there are. Throws `state-failed`. */
export async function listRubies(host: ReadHost, user: string | undefined): Promise<readonly InstalledRuby[]> {
  const text = await askRvm(host, user, ['list']);
  return text.split('\n').flatMap((line): InstalledRuby[] => {
    const [, mark, implementation = '', version = ''] = /^[= ]([*> ]) ([^- ]+)-([^ ]+) \[ .* \]/.exec(line) ?? [];
    return mark === undefined ? [] : [{ implementation, version, isDefault: mark === '*' }];
  });
}

const patchLevel = /-(?:\d{4}\.\d{2}|p\d+)$/;

/** The Ruby that a name means; patch levels and versions count only where it has them. */
export function findRuby(rubies: readonly InstalledRuby[], name: string): InstalledRuby | undefined {
  const wanted = name.replace(/^ruby-/, '');
  const spell = ({ implementation, version }: InstalledRuby): string => {
    const whole = implementation === 'ruby' ? version : `${implementation}-${version}`;
    const plain = patchLevel.test(name) ? whole : whole.replace(patchLevel, '');
    return /^[a-z]+$/.test(name) ? plain.replace(/-.*/, '') : plain;
  };
  return rubies.find((ruby) => spell(ruby) === wanted);
}
