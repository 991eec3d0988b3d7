import type { Dict, Plain } from '@brine/common';
import { z } from 'zod';
import { dictOrList, flag, lineText, optional, unsupported, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { connectDocker, memberAt, type DockerWriter } from '../../providers/docker/docker-api.ts';
import { toPairs } from '../../providers/docker/docker-values.ts';
import { findImage } from '../../providers/docker/images.ts';
import { isDirectory } from '../../providers/files/paths.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { withScratchFile } from '../scratch-file.ts';
import { dockerName } from './look.ts';

export const build = defineFunction({
  name: 'docker.build',
  summary: 'Builds an image of a folder with a Dockerfile, or of an address; answers its id and name.',
  args: z.object({
    path: optional(lineText()).describe('The folder on this minion, or the address of a repository.'),
    repository: optional(dockerName).describe('Name of the image.'),
    tag: withDefault(lineText(), 'latest').describe('Its tag.'),
    cache: withDefault(flag(), true).describe('Use what earlier builds kept.'),
    rm: withDefault(flag(), true).describe('Remove the containers of the build.'),
    api_response: withDefault(flag(), false).describe('Accepted for Salt.'),
    fileobj: unsupported('an open file of Python; give a path'),
    dockerfile: optional(lineText()).describe('The Dockerfile, below the folder.'),
    buildargs: optional(dictOrList()).describe('Arguments of the build.'),
    logfile: unsupported('a log file; docker.build answers'),
  }),
  examples: [
    "'*' docker.build /path/to/docker/build/dir myimage dev",
    "'*' docker.build https://github.com/myuser/myrepo.git myimage",
  ],
  async run(args, context): Promise<Plain> {
    const { path, repository, tag } = args;
    if (path === undefined || path.startsWith('-'))
      throw failure("'path' is the folder or the address of what is built");
    const began = Date.now();
    const name = repository === undefined ? undefined : `${repository}:${tag}`;
    const docker = connectDocker(context);
    const last = await send(docker, { path, url: `/build?${queryOf(args, name).toString()}` }, context);
    const built = name === undefined ? undefined : await findImage(docker, name);
    const found = idOf(last) ?? memberAt(built, 'Id');
    if (typeof found !== 'string') throw failure(`Build failed for ${path}, no image id was returned`);
    return {
      Id: found.replace(/^sha256:/, '').slice(0, 12),
      Time_Elapsed: (Date.now() - began) / 1000,
      ...(name === undefined || built === undefined ? {} : { Image: name }),
    };
  },
});

function queryOf(
  args: {
    readonly path: string | undefined;
    readonly cache: boolean;
    readonly rm: boolean;
    readonly dockerfile: string | undefined;
    readonly buildargs: Dict | undefined;
  },
  name: string | undefined,
): URLSearchParams {
  const query = new URLSearchParams({ nocache: args.cache ? '0' : '1', rm: args.rm ? '1' : '0' });
  if (name !== undefined) query.set('t', name);
  if (args.dockerfile !== undefined) query.set('dockerfile', args.dockerfile);
  if (args.buildargs !== undefined) query.set('buildargs', JSON.stringify(toPairs(args.buildargs)));
  if (args.path?.startsWith('/') === false) query.set('remote', args.path);
  return query;
}

/** Has the daemon build, and answers its last word. */
async function send(
  docker: DockerWriter,
  { path, url }: { readonly path: string; readonly url: string },
  context: FunctionContext,
): Promise<unknown> {
  if (!path.startsWith('/')) return (await docker.stream(url)).at(-1);
  if (!(await isDirectory(context.host, path))) throw failure(`${path} is no folder`);
  const scratch = { content: new Uint8Array(), extension: '.tar', runas: undefined };
  return withScratchFile(scratch, context, async (file) => {
    const packed = await runProgram(context, ['tar', '--create', `--file=${file}`, `--directory=${path}`, '.']);
    if (packed.exitCode !== 0) throw failure(`${path} cannot be packed: ${complaint(packed)}`);
    return docker.upload(url, file);
  });
}

function idOf(last: unknown): string | undefined {
  const [id, said] = [memberAt(last, 'aux', 'ID'), memberAt(last, 'stream')];
  if (typeof id === 'string') return id;
  return typeof said === 'string' ? /Successfully built (\S+)/.exec(said)?.[1] : undefined;
}
