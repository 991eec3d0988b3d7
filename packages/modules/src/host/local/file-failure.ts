import { AppError } from '@brine/common';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EBUSY: 'it is in use',
  EEXIST: 'it exists already',
  EISDIR: 'it is a directory',
  ELOOP: 'too many symbolic links, or a link where none may be',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of the path is not a directory',
  ENOTEMPTY: 'the directory is not empty',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  EXDEV: 'it lies on another file system',
};

/** Turns what Node threw into a `host-file` error that says what was tried on which path. */
export function fileFailure(action: string, path: string, caught: unknown): AppError {
  const code = errnoOf(caught) ?? '';
  const reason = reasons[code] ?? (caught instanceof Error ? caught.message : String(caught));
  return new AppError({
    code: 'host-file',
    message: `cannot ${action} ${path}: ${reason}`,
    details: { path, errno: code },
    cause: caught,
  });
}

/** The errno name of a caught system error. */
export function errnoOf(caught: unknown): string | undefined {
  return caught instanceof Error && 'code' in caught && typeof caught.code === 'string' ? caught.code : undefined;
}

/** Whether a system error says that a path does not exist. */
export function isMissing(caught: unknown): boolean {
  const code = errnoOf(caught);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
