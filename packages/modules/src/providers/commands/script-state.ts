import { randomBytes } from 'node:crypto';
import { pythonStr, type Applied, type CheckOutcome, type Dict, type Value } from '@brine/common';
import {
  dict,
  either,
  fails,
  optional,
  text,
  unsupported,
  valueList,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { findSource, type FoundSource } from '../files/find-source.ts';
import { renderTemplate } from '../files/render-template.ts';
import { inDirectory } from './check-command.ts';
import { shellArguments } from './shell-arguments.ts';
import { runShellState, type ShellCommand } from './shell-state.ts';

/** The arguments of `cmd.script` and `cmd.wait_script`. */
export const scriptArguments = {
  name: text().describe('The script, a salt:// URL or a path, with arguments; or any name when source is given.'),
  source: optional(text()).describe('The script, a salt:// URL or a path.'),
  template: optional(text()).describe('The template engine to render the script with: jinja.'),
  ...shellArguments,
  root: unsupported('running a script in a chroot; Salt does not either'),
  args: optional(either(text(), valueList())).describe('Arguments of the script, as a shell would read them.'),
  defaults: optional(dict()).describe('Variables of the template.'),
  context: optional(dict()).describe('Variables of the template, over the defaults.'),
  tmp_dir: withDefault(text(), '/tmp').describe('Where the script is put while it runs.'),
};

interface ScriptRequest extends ShellCommand {
  readonly name: string;
  readonly source: string | undefined;
  readonly template: string | undefined;
  readonly args: string | Value[] | undefined;
  readonly defaults: Dict | undefined;
  readonly context: Dict | undefined;
  readonly tmp_dir: string;
}

/** The outcome of a script state: always a change, unless the script cannot be found. */
export async function willRunScript(request: ScriptRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name } = request;
  const [, ...words] = name.split(' ');
  const source = request.source ?? name;
  const found = await findSource({ source, skipVerify: true, target: name }, context);
  if (typeof found === 'string' && source.startsWith('/'))
    return fails(`[Errno 2] No such file or directory: '${source}'`);
  if (typeof found === 'string')
    return fails(`Unable to cache script ${source} from saltenv '${context.step.saltenv}'`, {
      ...{ pid: 0, retcode: 1, stdout: '', stderr: '', cache_error: true },
    });
  const args = request.args ?? words.join(' ');
  const line = Array.isArray(args) ? args.map((one) => pythonStr(one)).join(' ') : args;
  const pending = { comment: `Command '${name}' would have been executed`, changes: {} };
  return willChange(pending, (machine) =>
    inDirectory(request, machine, () => runScript({ request, found, line }, machine, context)),
  );
}

async function runScript(
  script: { readonly request: ScriptRequest; readonly found: FoundSource; readonly line: string },
  machine: Host,
  context: StateContext,
): Promise<Applied> {
  const { request, found, line } = script;
  const content = await scriptContent(request, found, context);
  const path = `${request.tmp_dir}/__brine.script.${randomBytes(6).toString('hex')}${extensionOf(found.url)}`;
  const account = request.runas === undefined ? undefined : await machine.account(request.runas);
  await machine.files.write(path, content, { mode: 0o500, ...(account === undefined ? {} : { uid: account.uid }) });
  try {
    const run = { line: `${path} ${line}`.trimEnd(), done: `Command '${request.name}' run`, command: request };
    return await runShellState(run, machine, context);
  } finally {
    await machine.files.remove(path);
  }
}

// Some interpreters and scripts look at their own name's ending.
function extensionOf(url: string): string {
  return /\.\w{1,8}$/.exec(url.replace(/\?.*$/, ''))?.[0] ?? '';
}

async function scriptContent(request: ScriptRequest, found: FoundSource, context: StateContext): Promise<Uint8Array> {
  const bytes = (await context.host.files.read(found.path)) ?? new Uint8Array();
  if (request.template === undefined) return bytes;
  const { defaults, context: variables, template: engine } = request;
  const source = { text: Buffer.from(bytes).toString('utf8'), origin: found.url, engine, defaults, context: variables };
  return Buffer.from(await renderTemplate({ ...source, variables: { saltenv: context.step.saltenv } }, context));
}
