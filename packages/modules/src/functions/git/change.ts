import { posix } from 'node:path';
import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { flag, nullableValue, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { safeName } from '../safe-name.ts';
import { cwd, folderOf, git, lastArguments, optionArguments, remoteArguments, runArguments } from './run-git.ts';

const filename = text().describe('A path in the checkout.');
const rev = optional(safeName('a revision')).describe('A revision.');

export const init = defineFunction({
  name: 'git.init',
  summary: 'Makes a repository and answers what git says.',
  args: z.object({
    cwd,
    bare: withDefault(flag(), false).describe('Make one without a checkout.'),
    template: optional(text()).describe('Folder of templates.'),
    separate_git_dir: optional(text()).describe('Where the repository itself goes.'),
    shared: nullableValue().describe('Whom the repository is shared with, as git names it.'),
    ...optionArguments,
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.init /path/to/repo", "'*' git.init /path/to/bare/repo.git bare=True"],
  async run(args, context) {
    const option = (name: string, value: string | undefined): readonly string[] =>
      value === undefined ? [] : [`--${name}=${value}`];
    const shared = typeof args.shared === 'number' ? `0${args.shared}` : args.shared;
    return git({ ...args, cwd: undefined }, context, [
      'init',
      ...(args.bare ? ['--bare'] : []),
      ...option('template', args.template),
      ...option('separate-git-dir', args.separate_git_dir),
      ...option('shared', shared === null ? undefined : pythonStr(shared).toLowerCase()),
      ...args.opts,
      '--',
      await folderOf(args.cwd, args, context),
    ]);
  },
});

export const checkout = defineFunction({
  name: 'git.checkout',
  summary: 'Checks a revision out and answers what git says.',
  args: z.object({
    cwd,
    rev,
    force: withDefault(flag(), false).describe('Overwrite what was changed.'),
    ...optionArguments,
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.checkout /path/to/repo somebranch", "'*' git.checkout /path/to/repo opts='-b newbranch'"],
  async run(args, context) {
    const isNew = args.opts.some((option) => option === '-b' || option === '-B');
    if (args.rev === undefined && !isNew) throw failure("'rev' argument is required unless -b or -B in opts");
    const words = [...(args.force ? ['--force'] : []), ...args.opts, ...(args.rev === undefined ? [] : [args.rev])];
    return git(args, context, ['checkout', ...words], { mergeStderr: true });
  },
});

export const add = fileFunction('git.add', 'Stages a path and answers what git says.', ['add', '--verbose']);

export const rm = fileFunction('git.rm', 'Removes a path from the checkout and answers what git says.', ['rm']);

function fileFunction(name: string, summary: string, command: readonly string[]) {
  return defineFunction({
    name,
    summary,
    args: z.object({ cwd, filename, ...optionArguments, ...runArguments, ...lastArguments }),
    examples: [`'*' ${name} /path/to/repo foo/bar.py`],
    run: (args, context) => git(args, context, [...command, ...args.opts, '--', args.filename]),
  });
}

export const commit = defineFunction({
  name: 'git.commit',
  summary: 'Commits what is staged and answers what git says.',
  args: z.object({
    cwd,
    message: text().describe('The message.'),
    ...optionArguments,
    ...runArguments,
    filename: optional(text()).describe('Commit this path only.'),
    ...lastArguments,
  }),
  examples: [`'*' git.commit /path/to/repo 'The commit message'`],
  run(args, context) {
    const paths = args.filename === undefined ? [] : ['--', args.filename];
    return git(args, context, ['commit', '-m', args.message, ...args.opts, ...paths]);
  },
});

export const branch = defineFunction({
  name: 'git.branch',
  summary: 'Makes, moves or removes a branch as `opts` say; answers true.',
  args: z.object({
    cwd,
    name: optional(safeName('the name of a branch')).describe('Name of the branch.'),
    ...optionArguments,
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.branch /path/to/repo mybranch", "'*' git.branch /path/to/repo newbranch opts='-d'"],
  async run(args, context) {
    await git(args, context, ['branch', ...args.opts, ...(args.name === undefined ? [] : [args.name])]);
    return true;
  },
});

export const tag = defineFunction({
  name: 'git.tag',
  summary: 'Makes or removes a tag as `opts` say, and answers what git says.',
  args: z.object({
    cwd,
    name: safeName('the name of a tag').describe('Name of the tag.'),
    ref: withDefault(safeName('a revision'), 'HEAD').describe('What it names.'),
    message: optional(text()).describe('A message makes it an annotated one.'),
    ...optionArguments,
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.tag /path/to/repo v1.2", "'*' git.tag /path/to/repo v1.2 3b21b1b message='Version 1.2'"],
  run(args, context) {
    const removes = args.opts.some((option) => option === '-d' || option === '--delete');
    const words = [...(args.message === undefined ? [] : ['-a', '-m', args.message]), ...args.opts];
    return git(args, context, ['tag', ...words, args.name, ...(removes ? [] : [args.ref])]);
  },
});

export const merge = revisionFunction('git.merge', 'Merges a revision and answers what git says.', 'merge');

export const rebase = revisionFunction('git.rebase', 'Rebases onto a revision and answers what git says.', 'rebase');

function revisionFunction(name: string, summary: string, command: string) {
  return defineFunction({
    name,
    summary,
    args: z.object({ cwd, rev, ...optionArguments, ...runArguments, ...remoteArguments, ...lastArguments }),
    examples: [`'*' ${name} /path/to/repo upstream/main`],
    run: (args, context) => git(args, context, [command, ...args.opts, ...(args.rev === undefined ? [] : [args.rev])]),
  });
}

export const reset = defineFunction({
  name: 'git.reset',
  summary: 'Resets a checkout and answers what git says.',
  args: z.object({ cwd, ...optionArguments, ...runArguments, ...remoteArguments, ...lastArguments }),
  examples: ["'*' git.reset /path/to/repo opts='--hard origin/main'"],
  run: (args, context) => git(args, context, ['reset', ...args.opts]),
});

export const stash = defineFunction({
  name: 'git.stash',
  summary: 'Puts changes aside or takes them back, and answers what git says.',
  args: z.object({
    cwd,
    action: withDefault(safeName('a subcommand'), 'save').describe('What to do: save, pop, list, drop …'),
    ...optionArguments,
    ...runArguments,
    ...lastArguments,
  }),
  examples: ["'*' git.stash /path/to/repo", "'*' git.stash /path/to/repo pop"],
  run: (args, context) => git(args, context, ['stash', args.action, ...args.opts]),
});

export const archive = defineFunction({
  name: 'git.archive',
  summary: 'Writes the files of a revision into an archive; answers true.',
  args: z.object({
    cwd,
    output: safeName('a path').describe('Where the archive goes.'),
    rev: withDefault(safeName('a revision'), 'HEAD').describe('A revision.'),
    prefix: optional(text()).describe('What paths begin with; the name of the folder unless given.'),
    git_opts: optionArguments.git_opts,
    ...runArguments,
    ignore_retcode: lastArguments.ignore_retcode,
    output_encoding: lastArguments.output_encoding,
    format: optional(safeName('a format')).describe('Kind of the archive; the name tells it unless given.'),
  }),
  examples: ["'*' git.archive /path/to/repo /path/to/archive.tar"],
  async run(args, context) {
    const folder = await folderOf(args.cwd, args, context);
    const output = await folderOf(args.output, args, context);
    const prefix = args.prefix ?? `${posix.basename(folder)}/`;
    const words = [
      ...(prefix === '' ? [] : [`--prefix=${prefix}`]),
      ...(args.format === undefined ? [] : [`--format=${args.format}`]),
    ];
    await git(args, context, ['archive', ...words, `--output=${output}`, args.rev]);
    return true;
  },
});
