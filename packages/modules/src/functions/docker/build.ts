import type { Plain } from '@brine/common';
import { z } from 'zod';
import { dictOrList, flag, lineText, optional, unsupported, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { connectDocker, memberAt } from '../../providers/docker/docker-api.ts';
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
    const isRemote = !path.startsWith('/');
    const query = new URLSearchParams({
      ...(name === undefined ? {} : { t: name }),
      ...{ nocache: args.cache ? '0' : '1', rm: args.rm ? '1' : '0' },
      ...(args.dockerfile === undefined ? {} : { dockerfile: args.dockerfile }),
      ...(args.buildargs === undefined ? {} : { buildargs: JSON.stringify(toPairs(args.buildargs)) }),
      ...(isRemote ? { remote: path } : {}),
    });
    const docker = connectDocker(context);
    const url = `/build?${query.toString()}`;
    const send = async (): Promise<unknown> => {
      if (isRemote) return (await docker.stream(url)).at(-1);
      if (!(await isDirectory(context.host, path))) throw failure(`${path} is no folder`);
      return withScratchFile(
        { content: new Uint8Array(), extension: '.tar', runas: undefined },
        context,
        async (file) => {
          const packed = await runProgram(context, ['tar', '--create', `--file=${file}`, `--directory=${path}`, '.']);
          if (packed.exitCode !== 0) throw failure(`${path} cannot be packed: ${complaint(packed)}`);
          return docker.upload(url, file);
        },
      );
    };
    const last = await send();
    const id =
      memberAt(last, 'aux', 'ID') ?? /Successfully built (\S+)/.exec(String(memberAt(last, 'stream') ?? ''))?.[1];
    const built = name === undefined ? undefined : await findImage(docker, name);
    const found = typeof id === 'string' ? id : memberAt(built, 'Id');
    if (typeof found !== 'string') throw failure(`Build failed for ${path}, no image id was returned`);
    return {
      Id: found.replace(/^sha256:/, '').slice(0, 12),
      Time_Elapsed: (Date.now() - began) / 1000,
      ...(name === undefined || built === undefined ? {} : { Image: name }),
    };
  },
});
