import { posix } from 'node:path';
import { toTextArgument } from '../runtime/argument-values.ts';
import { routine, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { toHostValue } from '../runtime/to-host-value.ts';
import type { TemplateFiles } from '../template-host.ts';
import { fault } from '../template-fault.ts';
import type { RuntimeDict, RuntimeValue } from '../values/runtime-value.ts';
import { isTrue } from '../values/truth.ts';
import { hexDigest } from './hash-filters.ts';

function filesOf(runtime: Runtime, filter: string): TemplateFiles {
  const { files } = runtime.host;
  if (files === undefined) throw fault(`the filter '${filter}' looks at files, which templates cannot do here`);
  return files;
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isPrintable(code: number): boolean {
  return (code >= 0x20 && code < 0x7f) || [8, 9, 10, 13].includes(code);
}

/** Salt's rule: no NUL, and UTF-8 or at most 30 % of the bytes unusual in text. */
function isTextFile(path: string, files: TemplateFiles): boolean {
  const block = files.read(path, 512);
  if (block === undefined || block.includes(0)) return false;
  if (block.length === 0 || decodeUtf8(block) !== undefined) return true;
  const unusual = block.filter((byte) => !isPrintable(byte) && byte !== 12);
  return unusual.length / block.length <= 0.3;
}

function isBinaryFile(path: string, files: TemplateFiles): boolean {
  const block = files.isFile(path) ? files.read(path, 2048) : undefined;
  if (block === undefined) return false;
  const text = decodeUtf8(block);
  if (text === undefined) return true;
  const characters = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  if (characters.length === 0) return false;
  return characters.includes(0) || characters.filter((code) => !isPrintable(code)).length / characters.length > 0.3;
}

/** Python's `os.path.normpath`. */
function normalizePath(path: string): string {
  const normal = posix.normalize(path === '' ? '.' : path);
  const trimmed = normal.length > 1 ? normal.replace(/\/+$/, '') : normal;
  return /^\/\/(?!\/)/.test(path) ? `/${trimmed}` : trimmed;
}

/** Joins parts even where they are absolute. */
function joinPath(parts: readonly string[]): string {
  const [root = '', ...rest] = parts.map(normalizePath);
  return normalizePath([root, ...rest.map((part) => part.replace(/^\/+/, ''))].join('/'));
}

function hashFile(path: string, form: string, files: TemplateFiles): string {
  const bytes = files.read(path);
  if (bytes === undefined) throw fault(`No such file or directory: '${path}'`);
  return hexDigest(form, bytes);
}

/** Filters that Salt runs as execution functions of the same kind. */
function functionFilter(filter: string, name: string): Routine {
  return routine(filter, '* **', (value, [positional, keyword], runtime) => {
    const values = [value, ...(positional as RuntimeValue[])].map(toHostValue);
    const named = toHostValue(keyword as RuntimeDict) as Parameters<Runtime['host']['call']>[2];
    return runtime.untimed(() => runtime.host.call(name, values, named));
  });
}

function fileFilter(name: string, look: (path: string, files: TemplateFiles) => RuntimeValue): Routine {
  return routine(name, '', (value, _args, runtime) => {
    const files = filesOf(runtime, name);
    return runtime.untimed(() => look(toTextArgument(value), files));
  });
}

export const fileFilters: readonly Routine[] = [
  fileFilter('is_empty', (path, files) => files.size(path) === 0),
  fileFilter('is_text_file', isTextFile),
  fileFilter('is_bin_file', isBinaryFile),
  fileFilter('list_files', (path, files) => [path, ...files.list(path)]),
  routine('file_hashsum', 'form?', (value, [form], runtime) =>
    hashFile(toTextArgument(value), toTextArgument(form, 'sha256'), filesOf(runtime, 'file_hashsum')),
  ),
  routine('which', '', (value, _args, runtime) =>
    isTrue(value) ? (filesOf(runtime, 'which').which(toTextArgument(value)) ?? null) : null,
  ),
  routine('get_uid', '', (value, _args, runtime) => {
    const files = filesOf(runtime, 'get_uid');
    return (value === null ? files.userId() : files.userId(toTextArgument(value))) ?? null;
  }),
  routine('path_join', '* use_posixpath?', (value, args) =>
    joinPath([value, ...(args[1] as RuntimeValue[])].map((part) => toTextArgument(part))),
  ),
  functionFilter('http_query', 'http.query'),
  functionFilter('dns_check', 'network.dns_check'),
];
