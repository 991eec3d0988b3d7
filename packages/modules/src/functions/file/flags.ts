import { z } from 'zod';
import { flag, lineText, optional, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { expandHome } from '../../providers/files/paths.ts';
import { asksNothing, labelWords, persistLabel } from '../../providers/selinux/file-label.ts';
import { failure } from '../failure.ts';
import { runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';
import { filePath } from './file-path.ts';

const path = safeName('a path').describe('Path of the file.');

export const lsattr = defineFunction({
  name: 'file.lsattr',
  summary: 'The attributes of a file, or of the files of a folder, as chattr sets them; null without lsattr.',
  args: z.object({ path }),
  examples: ["'*' file.lsattr /etc/passwd"],
  async run({ path: given }, { host, signal }) {
    if ((await host.which('lsattr')) === undefined) return null;
    if ((await host.files.stat(given, { follow: true })) === undefined)
      throw failure(`File or directory does not exist: ${given}`);
    const { stdout } = await host.inspect({ command: ['lsattr', given], signal, timeout: 300_000 });
    const lines = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('lsattr: '));
    return Object.fromEntries(
      lines.map((line) => {
        const [, flags = '', name = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
        return [name, flags.match(/[aAcCdDeijPsStTu]/g) ?? []];
      }),
    );
  },
});

export const chattr = defineFunction({
  name: 'file.chattr',
  summary: 'Sets or takes away attributes of files; answers whether chattr did not complain.',
  args: z.object({
    files: textList().describe('Paths.'),
    operator: optional(lineText()).describe('add or remove.'),
    attributes: optional(lineText()).describe('Letters out of aAcCdDeijPsStTu.'),
    flags: optional(lineText()).describe('Options out of RVf.'),
    version: optional(lineText()).describe('Version number of the file.'),
  }),
  variadic: 'files',
  examples: [
    "'*' file.chattr foo1.txt foo2.txt operator=add attributes=ai",
    "'*' file.chattr foo3.txt operator=remove attributes=i version=2",
  ],
  async run({ files, operator, attributes, flags, version }, context) {
    if (operator !== 'add' && operator !== 'remove')
      throw failure("Need an operator: 'add' or 'remove' to modify attributes.");
    if (attributes === undefined) throw failure('Need attributes: [aAcCdDeijPsStTu]');
    if (!/^[A-Za-z]+$/.test(attributes) || (flags !== undefined && !/^[RVf]+$/.test(flags)))
      throw failure('attributes and flags are letters.');
    const words = [
      `${operator === 'add' ? '+' : '-'}${attributes}`,
      ...(flags === undefined ? [] : [`-${flags}`]),
      ...(version === undefined ? [] : ['-v', version]),
    ];
    const { exitCode, stdout } = await runProgram(context, ['chattr', ...words, '--', ...files], {
      mergeStderr: true,
      timeout: 300_000,
    });
    if (exitCode !== 0) context.setRetcode(exitCode);
    return stdout.trim() === '';
  },
});

const mountFlags: ReadonlyMap<string, number> = new Map([
  ['ro', 1],
  ['nosuid', 2],
  ['nodev', 4],
  ['noexec', 8],
  ['sync', 16],
  ['mand', 64],
  ['noatime', 1024],
  ['nodiratime', 2048],
  ['relatime', 4096],
]);

export const statvfs = defineFunction({
  name: 'file.statvfs',
  summary: 'The file system a path is on: blocks, inodes, flags.',
  args: z.object({ path: filePath() }),
  examples: ["'*' file.statvfs /path/to/file"],
  async run({ path: given }, { host, signal }) {
    const expanded = await expandHome(host, given);
    if (!expanded.startsWith('/')) throw failure('File path must be absolute.');
    const format = '%a %f %b %s %d %d %c %S %l';
    const look = (command: readonly string[]) => host.inspect({ command, signal, timeout: 300_000 });
    const { exitCode, stdout } = await look(['stat', '--file-system', `--format=${format}`, expanded]);
    if (exitCode !== 0) throw failure(`Could not statvfs '${expanded}'`);
    const [bavail, bfree, blocks, bsize, favail, ffree, files, frsize, namemax] = stdout.trim().split(' ').map(Number);
    const mounted = await look(['findmnt', '--noheadings', '--output', 'OPTIONS', '--target', expanded]);
    const flags = mounted.stdout.trim().split(',');
    return {
      f_bavail: bavail ?? 0,
      f_bfree: bfree ?? 0,
      f_blocks: blocks ?? 0,
      f_bsize: bsize ?? 0,
      f_favail: favail ?? 0,
      f_ffree: ffree ?? 0,
      f_files: files ?? 0,
      f_flag: [...new Set(flags)].reduce((sum, flagName) => sum + (mountFlags.get(flagName) ?? 0), 0),
      f_frsize: frsize ?? 0,
      f_namemax: namemax ?? 0,
    };
  },
});

export const restorecon = defineFunction({
  name: 'file.restorecon',
  summary: 'Gives a path the SELinux context the policy has for it; answers whether that went well.',
  args: z.object({ path, recursive: withDefault(flag(), false).describe('Also all below it.') }),
  examples: ["'*' file.restorecon /home/user/.ssh/authorized_keys"],
  run: ({ path: given, recursive }, context) => endsWell(context, ['restorecon', recursive ? '-FR' : '-F', given]),
});

export const getSelinuxContext = defineFunction({
  name: 'file.get_selinux_context',
  summary: 'The SELinux context of a path.',
  args: z.object({ path }),
  examples: ["'*' file.get_selinux_context /etc/hosts"],
  run: ({ path: given }, context) => selinuxContext(context, given),
});

const part = (what: string) => optional(safeName(what)).describe(`The ${what} of the context.`);

export const setSelinuxContext = defineFunction({
  name: 'file.set_selinux_context',
  summary: 'Sets parts of the SELinux context of a path; answers the context, or false when that failed.',
  args: z.object({
    path,
    user: part('user'),
    role: part('role'),
    type: part('type'),
    range: part('range'),
    persist: withDefault(flag(), false).describe('Put it into the policy too.'),
  }),
  examples: ["'*' file.set_selinux_context /etc/yum.repos.d/epel.repo system_u object_r system_conf_t s0"],
  async run(args, context) {
    const label = { seuser: args.user, serole: args.role, setype: args.type, serange: args.range };
    if (asksNothing(label)) return false;
    if (args.persist) await persistLabel(context.host, args.path, label);
    const isSet = await endsWell(context, ['chcon', ...labelWords(label), args.path]);
    return isSet ? selinuxContext(context, args.path) : false;
  },
});

async function selinuxContext({ host, signal, setRetcode }: FunctionContext, path: string): Promise<string> {
  const { exitCode, stdout } = await host.inspect({ command: ['stat', '-c', '%C', path], signal, timeout: 60_000 });
  if (exitCode !== 0) setRetcode(exitCode);
  return exitCode === 0 ? stdout.trimEnd() : `No selinux context information is available for ${path}`;
}

async function endsWell(context: FunctionContext, command: readonly string[]): Promise<boolean> {
  const { exitCode } = await runProgram(context, command, { timeout: 3_600_000 });
  if (exitCode !== 0) context.setRetcode(exitCode);
  return exitCode === 0;
}
