import { posix } from 'node:path';
import { z } from 'zod';
import { optional, text, textList, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

const path = text().describe('Path on the file server.');
const saltenv = withDefault(text(), 'base').describe('The environment.');

export const fileExists = defineFunction({
  name: 'slsutil.file_exists',
  summary: 'Whether a path is a file on the file server.',
  args: z.object({ path, saltenv }),
  examples: ["'*' slsutil.file_exists nginx/defaults.yaml"],
  run: (args, context) => isFile(context, args.path, args.saltenv),
});

export const dirExists = defineFunction({
  name: 'slsutil.dir_exists',
  summary: 'Whether a path is a folder on the file server.',
  args: z.object({ path, saltenv }),
  examples: ["'*' slsutil.dir_exists nginx/files"],
  run: (args, context) => isFolder(context, args.path, args.saltenv),
});

export const pathExists = defineFunction({
  name: 'slsutil.path_exists',
  summary: 'Whether a path is a file or a folder on the file server.',
  args: z.object({ path, saltenv }),
  examples: ["'*' slsutil.path_exists nginx/defaults.yaml"],
  run: (args, context) => existsInTree(context, args.path, args.saltenv),
});

export const findup = defineFunction({
  name: 'slsutil.findup',
  summary: 'Looks for a file in a folder of the file server and then in its parents.',
  args: z.object({
    startpath: optional(text()).describe('Where to begin: a folder or file.'),
    filenames: textList().describe('Names to look for; the first found wins.'),
    saltenv,
  }),
  examples: ["'*' slsutil.findup formulas/shared/nginx map.jinja"],
  async run(args, context) {
    let folder = args.startpath === undefined || args.startpath === '' ? '' : posix.normalize(args.startpath);
    if (folder !== '' && !(await existsInTree(context, folder, args.saltenv))) {
      throw failure(`Starting path not found in the state tree: ${folder}`);
    }
    for (;;) {
      for (const name of args.filenames) {
        const full = posix.join(folder, name);
        if (await existsInTree(context, full, args.saltenv)) return full;
      }
      if (folder === '') throw failure('File pattern(s) not found in path ancestry');
      const parent = posix.dirname(folder);
      folder = parent === '.' || parent === folder ? '' : parent;
    }
  },
});

async function isFile({ fileServer }: FunctionContext, wanted: string, environment: string): Promise<boolean> {
  const files = await fileServer.listFiles(environment, wanted);
  return files.includes(wanted);
}

async function isFolder({ fileServer }: FunctionContext, wanted: string, environment: string): Promise<boolean> {
  const folder = wanted.replace(/\/$/, '');
  return (await fileServer.listDirectories(environment, folder)).includes(folder);
}

async function existsInTree(context: FunctionContext, wanted: string, environment: string): Promise<boolean> {
  return (await isFile(context, wanted, environment)) || isFolder(context, wanted, environment);
}
