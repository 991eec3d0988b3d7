/**
 * Keeps what this process and its children make from being writable by others, whatever mask it was started with; a
 * stricter mask stays.
 */
export function restrictUmask(): void {
  process.umask(process.umask(0o077) | 0o022);
}
