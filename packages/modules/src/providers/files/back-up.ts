import { pythonStr, type Dict } from '@brine/common';
import type { Host } from '../../kit/index.ts';
import { makeParents } from './make-parents.ts';

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Keeps a copy of a file below `cachedir/file_backup`, where Salt's `file.list_backups` looks for it. */
export async function backUp(host: Host, options: Dict, path: string): Promise<void> {
  const stat = await host.files.stat(path, { follow: true });
  if (stat?.kind !== 'file') return;
  const copy = `${pythonStr(options.get('cachedir') ?? '/var/cache/salt/minion')}/file_backup${path}_${timestamp(new Date())}`;
  await makeParents(host, copy, { mode: 0o700 });
  await host.files.writeCopy(copy, path, { mode: stat.mode, uid: stat.uid, gid: stat.gid });
}

/** Whether a `backup` argument, or the configuration's `backup_mode`, asks for a copy on the minion. */
export function wantsBackup(backup: string | undefined, options: Dict): boolean {
  const mode = backup === undefined || backup === '' ? options.get('backup_mode') : backup;
  return mode === 'minion' || mode === 'both';
}

// strftime's %a_%b_%d_%H:%M:%S_%f_%Y, the form backups are listed and restored by.
function timestamp(now: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  const micro = `${String(now.getMilliseconds()).padStart(3, '0')}000`;
  const day = `${days[now.getDay()] ?? ''}_${months[now.getMonth()] ?? ''}_${two(now.getDate())}`;
  return `${day}_${time}_${micro}_${now.getFullYear()}`;
}
