import { readdir, readFile } from 'node:fs/promises';

/** Kills a process, its process group, and everything it started that still has it as an ancestor. */
export async function endFamily(pid: number): Promise<void> {
  const descendants = await descendantsOf(pid);
  for (const id of [...descendants, -pid, pid]) kill(id);
}

async function descendantsOf(pid: number): Promise<readonly number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = await parentOf(Number(name));
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const family = [pid];
  for (const ancestor of family) {
    for (const [child, parent] of parents) if (parent === ancestor) family.push(child);
  }
  return family.slice(1);
}

async function parentOf(pid: number): Promise<number | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything, so count from its end: state, parent.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
