import type { Applied, CheckOutcome, Value } from '@brine/common';
import { z } from 'zod';
import {
  anyValue,
  defineState,
  dict,
  fails,
  flag,
  integer,
  isOk,
  operand,
  optional,
  text,
  willChange,
  withDefault,
  type CommandRequest,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { splitWords } from '../../functions/split-words.ts';
import { findSource, redactUrl } from '../../providers/files/find-source.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { renderTemplate } from '../../providers/files/render-template.ts';

const forbidden = /^(-N|--forward|-r|--reject-file|-o|--output)/;

/** `file.patch` */
export const patch = defineState({
  name: 'file.patch',
  summary: 'Applies a patch to a file or directory once.',
  args: z.object({
    name: text().describe('Absolute path of what is patched.'),
    source: anyValue().describe('URL of the patch, or a list of which the first that exists is used.'),
    source_hash: optional(text()).describe('Digest a source not from the file server must have.'),
    source_hash_name: optional(text()).describe('The name to look for in a file of digests.'),
    skip_verify: withDefault(flag(), false).describe('Whether the hash of a remote source may go unchecked.'),
    template: optional(text()).describe('The template engine to render the patch with: jinja.'),
    context: optional(dict()).describe('Variables of the template, over the defaults.'),
    defaults: optional(dict()).describe('Variables of the template.'),
    options: withDefault(text(), '').describe('Further options of the patch program.'),
    reject_file: optional(operand()).describe('Where the parts of a patch that does not fit are written.'),
    strip: optional(integer()).describe('Leading parts of file names that are left out; needed for directories.'),
  }),
  examples: [
    `/etc/app.conf:
  file.patch:
    - source: salt://app/conf.patch`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { host } = context;
    const name = await expandHome(host, args.name);
    const stat = await host.files.stat(name, { follow: true });
    if ((await host.which('patch')) === undefined) return fails('patch executable not found on minion');
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    if (stat === undefined) return fails(`${name} does not exist`);
    const options = splitWords(args.options);
    const refused = options.filter((option) => forbidden.test(option));
    if (refused.length > 0) return fails(`The following CLI options are not allowed: ${refused.join(', ')}`);
    const request = { source: args.source, sourceHash: args.source_hash, hashName: args.source_hash_name };
    const found = await findSource({ ...request, skipVerify: args.skip_verify, target: name }, context);
    if (typeof found === 'string') return fails(inWordsOfPatches(found, args.source));
    const raw = Buffer.from((await host.files.read(found.path)) ?? '').toString('utf8');
    const source = { text: raw, origin: found.url, defaults: args.defaults, context: args.context };
    const input =
      args.template === undefined
        ? raw
        : await renderTemplate({ ...source, engine: args.template, variables: { name } }, context);
    const strip = args.strip === undefined ? [] : [`--strip=${args.strip}`];
    const place = stat.kind === 'directory' ? [`--directory=${name}`] : [name];
    const base = [...options, ...strip, '--reject-file=-', '--batch', '--forward'];
    const fits = await tries(host, { command: ['patch', '--dry-run', ...base, ...place], input });
    if (!fits.worked)
      return explainMisfit(
        { host, misfit: fits, rejects: args.reject_file },
        { options: [...options, ...strip], place, input },
      );
    const foretold = {
      retcode: 0,
      stdout: fits.stdout.replace(/^checking file/gm, 'patching file'),
      stderr: fits.stderr,
    };
    return willChange({ comment: 'The patch would be applied', changes: foretold }, (machine) =>
      attempt('Failed to apply patch', async (): Promise<Applied> => {
        const { pid, stdout, stderr } = await runTool(machine, ['patch', ...base, ...place], { input });
        const changes = { pid, retcode: 0, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
        return { comment: 'Patch successfully applied', changes };
      }),
    );
  },
});

// It is the patch that is named where a digest is wrong, not what is patched.
function inWordsOfPatches(loss: string, source: Value): string {
  const hint =
    "If the 'source_hash' value refers to a remote file with multiple possible matches, then it may be necessary to set 'source_hash_name'.";
  const [, start, end] = /^(Specified \w+ checksum for ).*( \(\w+\) does not match .*)$/.exec(loss) ?? [];
  if (start === undefined || typeof source !== 'string') return loss.replace(/^Unable to manage file: (?=none of)/, '');
  return `${start}${redactUrl(source)}${end}. ${hint}`;
}

interface PatchCall {
  readonly options: readonly string[];
  readonly place: readonly string[];
  readonly input: string;
}

async function explainMisfit(
  {
    host,
    misfit,
    rejects,
  }: { readonly host: ReadHost; readonly misfit: Attempt; readonly rejects: string | undefined },
  { options, place, input }: PatchCall,
): Promise<CheckOutcome<Host>> {
  const reversed = [...options, '--reject-file=-', '--force', '--reverse'];
  const isApplied = await tries(host, { command: ['patch', '--dry-run', ...reversed, ...place], input });
  if (isApplied.worked) return isOk('Patch was already applied');
  if (misfit.exitCode > 1 && misfit.stderr !== '') return fails(misfit.stderr);
  const said = [misfit.stdout, misfit.stderr].filter((text) => text !== '').join('\n');
  const failure = 'Patch would not apply cleanly, no changes made. Results of dry-run are below.';
  const hint = ' Run state again using the reject_file option to save rejects to a persistent file.';
  if (rejects === undefined) return fails(`${failure}${hint}\n\n${said}`);
  const comment = `${failure}\n\n${said}`;
  const command = ['patch', ...options, `--reject-file=${rejects}`, ...rejecting, ...place];
  return willReject(rejects, comment, { command, input });
}

const rejecting = ['--output=/dev/null', '--batch', '--forward'];

function willReject(file: string, comment: string, request: CommandRequest): CheckOutcome<Host> {
  const changes = { rejects: file };
  return willChange({ comment: `${comment}\nThe rejects would be written to ${file}`, changes }, async (machine) => {
    await machine.run({ timeout: 60_000, ...request });
    return { comment, changes, failed: true };
  });
}

interface Attempt {
  readonly worked: boolean;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function tries(host: ReadHost, request: CommandRequest): Promise<Attempt> {
  const { exitCode, stdout, stderr } = await host.inspect({ timeout: 60_000, ...request });
  return { worked: exitCode === 0, exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
