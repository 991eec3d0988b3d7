import { usageExitCode } from '../errors.ts';
import { withInputWords } from '../options/input-words.ts';
import { parseWords } from '../options/parse-words.ts';
import { readTarget } from '../options/target-options.ts';
import { runProgram } from '../program.ts';
import type { SaltFlags } from './salt-flags.ts';
import { createSaltCommand } from './salt-options.ts';

/** Salt's outputter `progress` is what `--progress` shows. */
function withProgress({ output, ...flags }: SaltFlags): SaltFlags {
  if (output === undefined) return flags;
  return output === 'progress' ? { ...flags, progress: true } : { ...flags, output };
}

/** Runs `salt` with the words of a command line; resolves with the status to exit with. */
export async function runSalt(words: readonly string[]): Promise<number> {
  return runProgram('salt', words, async () => {
    const command = createSaltCommand();
    await parseWords(command, withInputWords(words));
    const flags = withProgress(command.opts<SaltFlags>());
    if (flags.configDump === true) return (await import('../config-dump.ts')).dumpConfig(flags.configDir);
    const wantsDocs = flags.doc === true || flags.documentation === true;
    const [expression = wantsDocs ? '*' : undefined, fun, ...rest] = command.args;
    if (flags.follow !== undefined) return (await import('./run-job.ts')).followJob(flags, flags.follow);
    if (expression === undefined) {
      command.outputHelp({ error: true });
      return usageExitCode;
    }
    const target = readTarget(command, expression);
    // Help and mistyped options are told without loading what runs jobs.
    const { runJob } = await import('./run-job.ts');
    return runJob({ flags, target, fun, words: rest });
  });
}
