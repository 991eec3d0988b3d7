import { AppError, pythonStr } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  dictOrList,
  flag,
  isOk,
  operand,
  optional,
  textList,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { findRuby, hasRvm, listRubies, runRvm, rvmUser } from '../../providers/rvm/rvm.ts';

const installer = 'https://raw.githubusercontent.com/rvm/rvm/master/binscripts/rvm-installer';
const Arguments = z.object({
  name: operand().describe('The Ruby, as `ruby-3.2.2` or `jruby`.'),
  default: withDefault(flag(), false).describe('Whether it becomes the default.'),
  user: rvmUser,
  opts: withDefault(textList(), []).describe('Options for its installation, as `--patch`.'),
  env: optional(dictOrList()).describe('Environment variables for its installation.'),
});
type Arguments = z.infer<typeof Arguments>;

/** `rvm.installed` */
export const installed = defineState({
  name: 'rvm.installed',
  summary: 'Keeps a Ruby installed with RVM, and RVM itself, which is fetched from where its makers keep it.',
  args: Arguments,
  examples: [
    `ruby-3.2.2:
  rvm.installed:
    - default: True
    - user: deploy`,
  ],
  async check(args, context) {
    const { name, user } = args;
    const isThere = await hasRvm(context.host, user);
    const found = isThere ? findRuby(await listRubies(context.host, user), name) : undefined;
    if (found !== undefined && (found.isDefault || !args.default)) return isOk('Requested ruby exists.');
    const changes = { [name]: found === undefined ? 'Installed' : 'default' };
    return willChange({ comment: `Ruby ${name} is set to be installed`, changes }, (machine) =>
      attempt('Could not install ruby', async () => {
        if (!isThere) await installRvm(machine, user, context);
        if (found === undefined) await installRuby(machine, args);
        if (args.default) await runRvm(machine, user, { words: ['alias', 'create', 'default', name] });
        return { comment: found === undefined ? 'Successfully installed ruby.' : 'Requested ruby exists.', changes };
      }),
    );
  },
});

async function installRvm(machine: Host, user: string | undefined, context: StateContext): Promise<void> {
  const fetched = await context.fileServer.fetch(installer, context.step.saltenv);
  const script = fetched === undefined ? undefined : await machine.files.read(fetched.path);
  if (script === undefined) throw new AppError({ code: 'state-failed', message: 'RVM failed to install.' });
  await runTool(machine, ['bash', '-s', 'stable'], {
    input: Buffer.from(script).toString(),
    timeout: 3_600_000,
    ...(user === undefined ? {} : { user }),
  });
}

async function installRuby(machine: Host, { name, user, opts, env }: Arguments): Promise<void> {
  const environment = Object.fromEntries(Array.from(env ?? [], ([key, value]) => [pythonStr(key), pythonStr(value)]));
  const isOwn = user !== undefined && user !== 'root';
  if (isOwn) await runRvm(machine, user, { words: ['autolibs', 'disable', name, ...opts] });
  const words = ['install', name, ...opts, ...(isOwn ? ['--disable-binary'] : [])];
  await runRvm(machine, user, { words, environment });
}
