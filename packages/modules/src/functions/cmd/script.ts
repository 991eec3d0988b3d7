import { posix } from 'node:path';
import { isDict, type Dict } from '@brine/common';
import { z } from 'zod';
import { commaList, dict, either, optional, text, textList } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { inOrder } from '../../kit/in-order.ts';
import { environmentArguments, placeArguments, pythonShell, tuningArguments } from './command-arguments.ts';
import { withScratchFile } from '../scratch-file.ts';
import { hasShell } from './has-shell.ts';
import { runCommand, type CommandAnswer } from './run-command.ts';

const { env } = environmentArguments;
const { raise_err: _raise, rstrip: _rstrip, prepend_path: _path, ...scriptTuning } = tuningArguments;

const scriptArguments = {
  source: text().describe('Where the script is: `salt://…`, an address, or a path on this minion.'),
  args: optional(text()).describe('Arguments, as on a command line.'),
  ...placeArguments,
  python_shell: pythonShell,
  env,
  ...scriptTuning,
  kwargs: dict().describe('Variables of the template.'),
};

export const script = defineFunction({
  name: 'cmd.script',
  summary: 'Fetches a script and runs it.',
  args: z.object(scriptArguments),
  keywords: 'kwargs',
  examples: ["'*' cmd.script salt://scripts/runme.sh 'arg1 arg2 \"arg 3\"'"],
  run: (args, context) => runScript(args, context),
});

export const scriptRetcode = defineFunction({
  name: 'cmd.script_retcode',
  summary: 'Fetches a script, runs it and answers its exit status.',
  args: z.object(
    inOrder(
      scriptArguments,
      'source args cwd stdin runas group shell python_shell env template umask timeout reset_system_locale saltenv output_encoding output_loglevel log_callback use_vt password success_retcodes success_stdout success_stderr',
    ),
  ),
  keywords: 'kwargs',
  examples: ["'*' cmd.script_retcode salt://scripts/runme.sh"],
  run: async (args, context) => (await runScript(args, context)).retcode,
});

const codeArguments = {
  lang: text().describe('The interpreter.'),
  code: text().describe('The program text.'),
  cwd: placeArguments.cwd,
  args: optional(either(textList(), commaList())).describe('Arguments: one, or a list.'),
  runas: placeArguments.runas,
  env,
  timeout: tuningArguments.timeout,
  ignore_retcode: tuningArguments.ignore_retcode,
};

export const execCode = defineFunction({
  name: 'cmd.exec_code',
  ignoresOthers: true,
  summary: 'Runs a program text by an interpreter and answers its standard output.',
  args: z.object(codeArguments),
  examples: [`'*' cmd.exec_code ruby 'puts "cheese"'`],
  run: async (args, context) => (await runCode(args, context)).stdout,
});

export const execCodeAll = defineFunction({
  name: 'cmd.exec_code_all',
  ignoresOthers: true,
  summary: 'Runs a program text by an interpreter and answers as `cmd.run_all` does.',
  args: z.object(codeArguments),
  examples: [`'*' cmd.exec_code_all ruby 'puts "cheese"'`],
  run: async (args, context) => ({ ...(await runCode(args, context)) }),
});

interface ScriptAnswer extends CommandAnswer {
  readonly cache_error?: boolean;
}

type ScriptArguments = z.infer<z.ZodObject<typeof scriptArguments>>;

async function runScript(
  args: ScriptArguments,
  context: FunctionContext,
): Promise<ScriptAnswer & Record<string, string | number | boolean>> {
  const content = await fetchScript(args, context);
  if (content === undefined) {
    const missing: ScriptAnswer = { pid: 0, retcode: 1, stdout: '', stderr: '', cache_error: true };
    return { ...missing };
  }
  const extension = posix.extname(args.source.split('?')[0] ?? '');
  return withScratchFile({ content, extension, runas: args.runas }, context, async (path) => {
    const { args: words, template: _rendered, kwargs: _variables, source: _source, ...run } = args;
    const cmd = words === undefined || words === '' ? path : `${path} ${words}`;
    const usesShell = hasShell(args.python_shell, context);
    return { ...(await runCommand({ ...run, cmd, usesShell }, context)) };
  });
}

async function fetchScript(args: ScriptArguments, context: FunctionContext): Promise<Uint8Array | undefined> {
  const saltenv = args.saltenv ?? 'base';
  const fetched = args.source.startsWith('/')
    ? args.source
    : (await context.fileServer.fetch(args.source, saltenv))?.path;
  const content = fetched === undefined ? undefined : await context.host.files.read(fetched);
  if (content === undefined || args.template === undefined || args.template === '') return content;
  const rendered = await context.render({
    text: new TextDecoder().decode(content),
    file: args.source.replace(/^salt:\/\//, ''),
    engine: args.template,
    context: variablesOf(args.kwargs),
    saltenv,
  });
  return new TextEncoder().encode(rendered);
}

// `defaults` and `context` lie about the other variables, as for every template.
function variablesOf(given: Dict): Dict {
  const [defaults, variables] = [given.get('defaults'), given.get('context')];
  return new Map([...(isDict(defaults) ? defaults : []), ...given, ...(isDict(variables) ? variables : [])]);
}

async function runCode(
  args: z.infer<z.ZodObject<typeof codeArguments>>,
  context: FunctionContext,
): Promise<CommandAnswer> {
  const content = new TextEncoder().encode(args.code);
  return withScratchFile({ content, extension: '', runas: args.runas }, context, (path) => {
    const { lang, code: _code, args: words, ...run } = args;
    return runCommand({ ...run, cmd: [lang, path, ...(words ?? [])], usesShell: false }, context);
  });
}
