import { readFileSync } from 'node:fs';

/** Names this process so that no later one is taken for it: its id, and when the kernel says it began. */
export function describeOwnProcess(): string {
  return `${process.pid}@${startOf(process.pid) ?? ''}`;
}

/** Whether the process that {@link describeOwnProcess} named still runs. */
export function isProcessAlive(named: string): boolean {
  const [pid = '', start = ''] = named.split('@');
  return start !== '' && startOf(Number(pid)) === start;
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything, so count from its end.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
