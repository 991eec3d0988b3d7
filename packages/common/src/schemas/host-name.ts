import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** The host's full name: its name, or the first name with a dot that `/etc/hosts` has for it. */
export function fullHostName(): string {
  const name = hostname();
  return name.includes('.') ? name : (nameInHosts(name, readHosts()) ?? name);
}

/** The first name with a dot on a line of a hosts file that has `name` too. */
export function nameInHosts(name: string, hosts: string): string | undefined {
  for (const line of hosts.split('\n')) {
    const [, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const full = names.find((candidate) => candidate.includes('.') && !candidate.startsWith('localhost'));
    if (full !== undefined && names.includes(name)) return full;
  }
  return undefined;
}

function readHosts(): string {
  try {
    return readFileSync('/etc/hosts', 'utf8');
  } catch {
    return '';
  }
}
