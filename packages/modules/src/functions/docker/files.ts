import { posix } from 'node:path';
import { pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { connectDocker, textAt } from '../../providers/docker/docker-api.ts';
import { isDirectory, parentOf } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { dockerName, requireContainer } from './look.ts';

const file = lineText()
  .refine((path) => path.startsWith('/'), 'must be an absolute path')
  .describe('Path of the file on this minion.');
const overwrite = withDefault(flag(), false).describe('Write over a file that is there.');
const makedirs = withDefault(flag(), false).describe('Make missing folders.');

/** Runs the program of Docker, with the daemon that is configured. Throws with what it complained about. */
async function runDocker(context: FunctionContext, words: readonly string[], what: string): Promise<void> {
  const url = context.pillar.get('docker.url') ?? context.options.get('docker.url');
  const daemon = url === undefined || url === null ? [] : [`--host=${pythonStr(url)}`];
  const result = await runProgram(context, ['docker', ...daemon, ...words], { timeout: 3_600_000 });
  if (result.exitCode !== 0) throw failure(`${what}: ${complaint(result)}`);
}

async function prepareTarget(
  { host }: FunctionContext,
  path: string,
  wish: { readonly overwrite: boolean; readonly makedirs: boolean },
): Promise<void> {
  if (!wish.overwrite && (await host.files.stat(path)) !== undefined) throw failure(`${path} already exists`);
  const parent = parentOf(path);
  if (await isDirectory(host, parent)) return;
  if (!wish.makedirs) throw failure(`Parent dir '${parent}' of destination path does not exist`);
  await host.files.makeDirectory(parent, { parents: true });
}

export const exportContainer = writing('export', 'Writes the files of a container to a tar archive', 'mycontainer');
export const save = writing('save', 'Writes an image to a tar archive', 'centos:7');

const compressors = { gzip: 'gz', bzip2: 'bz2', xz: 'xz' } as const;

function writing(verb: 'export' | 'save', summary: string, example: string): FunctionDeclaration {
  return defineFunction({
    name: `docker.${verb}`,
    ignoresOthers: true,
    summary: `${summary}, by the program docker; tells how large it is.`,
    args: z.object({
      name: dockerName,
      path: file,
      overwrite,
      makedirs,
      compression: optional(oneOf('gzip', 'gz', 'bzip2', 'bz2', 'xz', 'lzma')).describe('gzip, bzip2 or xz.'),
    }),
    examples: [
      `'*' docker.${verb} ${example} /tmp/image.tar`,
      `'*' docker.${verb} ${example} /tmp/image.tar.gz compression=gzip`,
    ],
    async run({ name, path, compression, ...wish }, context): Promise<Plain> {
      const { host } = context;
      await prepareTarget(context, path, wish);
      const began = Date.now();
      const scratch = `${path}.brine-part`;
      await runDocker(context, [verb, `--output=${scratch}`, name], `Error occurred during ${verb}`);
      const made = compression === undefined ? scratch : await compress(context, scratch, compression);
      await host.files.rename(made, path);
      const size = (await host.files.stat(path))?.size ?? 0;
      return { Time_Elapsed: (Date.now() - began) / 1000, Path: path, Size: size, Size_Human: humanSize(size) };
    },
  });
}

async function compress(context: FunctionContext, path: string, kind: string): Promise<string> {
  const program = kind.startsWith('gz') ? 'gzip' : kind.startsWith('bz') ? 'bzip2' : 'xz';
  const result = await runProgram(context, [program, '--force', path], { timeout: 3_600_000 });
  if (result.exitCode !== 0) throw failure(`${program} failed: ${complaint(result)}`);
  return `${path}.${compressors[program]}`;
}

function humanSize(size: number): string {
  if (size < 1024) return `${size} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const step = Math.min(units.length, Math.floor(Math.log2(size) / 10));
  return `${(size / 1024 ** step).toFixed(1)} ${units[step - 1] ?? ''}`;
}

export const load = defineFunction({
  name: 'docker.load',
  summary:
    'Reads images from a tar archive that docker.save wrote, and gives one of them a name when that is asked for.',
  args: z.object({
    path: text().describe('The archive: a path on this minion, or `salt://…`.'),
    repository: optional(dockerName).describe('Name for the image.'),
    tag: optional(lineText()).describe('Tag for the image.'),
  }),
  examples: [
    "'*' docker.load /path/to/archive.tar",
    "'*' docker.load salt://path/to/docker/saved/image.tar repository=myuser/myimage tag=mytag",
  ],
  async run({ path, repository, tag }, context): Promise<Plain> {
    if ((repository === undefined) !== (tag === undefined))
      throw failure('If tagging, both a repository and tag are required');
    const source = await findFile(context, path);
    const docker = connectDocker(context);
    const ids = async (): Promise<readonly string[]> =>
      (((await docker.get('/images/json?all=1')) ?? []) as readonly unknown[]).map((one) => textAt(one, 'Id'));
    const before = new Set(await ids());
    const began = Date.now();
    await docker.upload('/images/load?quiet=1', source);
    const fresh = (await ids()).filter((id) => !before.has(id));
    const told = {
      Time_Elapsed: (Date.now() - began) / 1000,
      Path: path,
      Layers: fresh.map((id) => id.replace(/^sha256:/, '').slice(0, 12)),
    };
    if (repository === undefined || tag === undefined) return told;
    const [only, ...others] = fresh;
    if (only === undefined) return { ...told, Warning: 'No top-level image layers were loaded, no image was tagged' };
    if (others.length > 0)
      return {
        ...told,
        Warning: `More than one top-level image layer was loaded (${fresh.join(', ')}), no image was tagged`,
      };
    const query = new URLSearchParams({ repo: repository, tag });
    await docker.post(`/images/${encodeURIComponent(only)}/tag?${query.toString()}`);
    return { ...told, Image: `${repository}:${tag}` };
  },
});

/** A file of this minion, or one of the file server in the cache. Throws when there is none. */
export async function findFile(context: FunctionContext, path: string): Promise<string> {
  const fetched = path.startsWith('/') ? path : (await context.fileServer.fetch(path, 'base'))?.path;
  const isFile = fetched !== undefined && (await context.host.files.stat(fetched, { follow: true }))?.kind === 'file';
  if (!isFile) throw failure(`Source file ${path} does not exist`);
  return fetched;
}

const inside = lineText()
  .refine((path) => path.startsWith('/'), 'must be an absolute path')
  .describe('Path in the container.');

export const copyFrom = defineFunction({
  name: 'docker.copy_from',
  summary: 'Copies a file out of a container, by the program docker; answers true.',
  args: z.object({ name: dockerName, source: inside, dest: file, overwrite, makedirs }),
  examples: ["'*' docker.copy_from mycontainer /var/log/nginx/access.log /home/myuser"],
  async run({ name, source, dest, ...wish }, context) {
    await requireContainer(connectDocker(context), name);
    const target = (await isDirectory(context.host, dest)) ? posix.join(dest, posix.basename(source)) : dest;
    await prepareTarget(context, target, wish);
    await runDocker(context, ['cp', `${name}:${source}`, target], `Unable to copy ${source}`);
    return true;
  },
});

export const copyTo = defineFunction({
  name: 'docker.copy_to',
  summary: 'Copies a file of this minion or of the file server into a container, by the program docker; answers true.',
  args: z.object({
    name: dockerName,
    source: text().describe('The file: a path on this minion, or `salt://…`.'),
    dest: inside,
    exec_driver: optional(text()).describe('Accepted for Salt.'),
    overwrite,
    makedirs: withDefault(flag(), false).describe('Make missing folders in the container.'),
  }),
  examples: ["'*' docker.copy_to mycontainer /tmp/foo /root/foo"],
  async run({ name, source, dest, overwrite: mayOverwrite, makedirs: makes }, context) {
    await requireContainer(connectDocker(context), name);
    const from = await findFile(context, source);
    const test = async (...words: readonly string[]): Promise<boolean> =>
      (await context.call('docker.retcode', [name, [...words]], new Map([['ignore_retcode', true]]))) === 0;
    const target = (await test('test', '-d', dest)) ? posix.join(dest, posix.basename(source)) : dest;
    if (!mayOverwrite && (await test('test', '-e', target)))
      throw failure(`Destination path ${target} already exists. Use overwrite=True to overwrite it`);
    if (makes) await test('mkdir', '-p', '--', posix.dirname(target));
    await runDocker(context, ['cp', from, `${name}:${target}`], `Unable to copy ${source}`);
    return true;
  },
});
