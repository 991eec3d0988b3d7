import { oneOf, operand, optional, withDefault, type ReadHost } from '../../kit/index.ts';
import { readTool } from './read-tool.ts';

const fileTypes = {
  a: 'all files',
  f: 'regular file',
  d: 'directory',
  c: 'character device',
  b: 'block device',
  s: 'socket',
  l: 'symbolic link',
  p: 'named pipe',
} as const;

/** The letter of a kind of files. */
export type FileType = keyof typeof fileTypes;

/** The name `semanage` lists a kind of files under. */
export function nameFileType(type: FileType): string {
  return fileTypes[type];
}

/** What a rule for files is found by. */
export interface ContextQuery {
  readonly name: string;
  readonly filetype: FileType;
  readonly sel_type?: string | undefined;
  readonly sel_user?: string | undefined;
  readonly sel_level?: string | undefined;
}

/** The arguments of rules for files; `sel_type` is described by each state. */
export const contextArguments = {
  name: operand().describe('The paths, a regular expression.'),
  filetype: withDefault(oneOf('a', 'f', 'd', 'c', 'b', 's', 'l', 'p'), 'a').describe('The kind of files; `a` for all.'),
  sel_user: optional(operand()).describe('The SELinux user.'),
  sel_level: optional(operand()).describe('The range of levels.'),
};

/** A rule for files that is there. */
export interface FileContext {
  readonly filespec: string;
  readonly filetype: string;
  readonly sel_user: string;
  readonly sel_role: string;
  readonly sel_type: string;
  readonly sel_level: string;
}

/** The rule for exactly these paths and this kind that has what else is asked for. Throws `state-failed`. */
export async function findContext(host: ReadHost, query: ContextQuery): Promise<FileContext | undefined> {
  const text = await readTool(host, ['semanage', 'fcontext', '-l']);
  return text
    .split('\n')
    .flatMap(readContext)
    .find((context) => meets(context, query));
}

function readContext(line: string): readonly FileContext[] {
  const found = /^(\S+) +([a-z ]+?) +([^:\s]+):([^:\s]+):([^:\s]+):(\S+)\s*$/.exec(line);
  if (found === null) return [];
  const [, filespec = '', filetype = '', user = '', role = '', type = '', level = ''] = found;
  return [{ filespec, filetype, sel_user: user, sel_role: role, sel_type: type, sel_level: level }];
}

function meets(context: FileContext, query: ContextQuery): boolean {
  const asked = [
    [query.sel_type, context.sel_type],
    [query.sel_user, context.sel_user],
    [query.sel_level, context.sel_level],
  ];
  return (
    context.filespec === query.name &&
    context.filetype === nameFileType(query.filetype) &&
    asked.every(([wanted, there]) => wanted === undefined || wanted === there)
  );
}

/** The words behind `semanage fcontext --add` or `--delete`. */
export function contextWords({ name, filetype, sel_type, sel_user, sel_level }: ContextQuery): readonly string[] {
  return [
    ...(filetype === 'a' ? [] : ['--ftype', filetype]),
    ...(sel_type === undefined ? [] : ['--type', sel_type]),
    ...(sel_user === undefined ? [] : ['--seuser', sel_user]),
    ...(sel_level === undefined ? [] : ['--range', sel_level]),
    name,
  ];
}
