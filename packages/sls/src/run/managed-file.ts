import type { Dict } from '@brine/common';
import type { Step } from '../compile/step.ts';

/** A file that a step keeps in a state. */
export interface ManagedFile {
  readonly path: string;
  /** Whether everything below it is managed with it. */
  readonly isTree: boolean;
}

type Place = (chunk: Dict, name: string) => unknown;

const byName: Place = (_chunk, name) => name;

/** State modules that keep files, and where they say which. */
const places: ReadonlyMap<string, Place> = new Map<string, Place>([
  ['file', (chunk, name) => chunk.get('path') ?? name],
  ['host', () => '/etc/hosts'],
  ['ini', byName],
  ['logrotate', (chunk) => chunk.get('conf_file') ?? '/etc/logrotate.conf'],
  ['pkgrepo', (chunk) => chunk.get('file')],
  ['webutil', (chunk) => chunk.get('htpasswd_file')],
  ['x509', byName],
]);

/** The file by which it shows that something drifted from what a step wants; `undefined` where there is none. */
export function managedFile({ state, fun, name, chunk }: Step): ManagedFile | undefined {
  const place = places.get(state)?.(chunk, name);
  if (typeof place !== 'string' || !place.startsWith('/')) return undefined;
  return { path: normalize(place), isTree: state === 'file' && isTree(fun, chunk) };
}

function isTree(fun: string, chunk: Dict): boolean {
  if (fun === 'recurse') return true;
  return fun === 'directory' && (chunk.get('clean') === true || chunk.get('recurse') !== undefined);
}

/** Without what leads nowhere: `/a//b/./c/../` is `/a/b`. */
function normalize(place: string): string {
  const parts: string[] = [];
  for (const part of place.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
