import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an id is found out from when none is configured. */
export interface IdentityRequest {
  readonly configDir: string;
  readonly hostName: () => string;
  /** `minion_id_caching`. */
  readonly usesFile: boolean;
  /** `minion_id_lowercase`. */
  readonly isLowercase: boolean;
  /** `minion_id_remove_domain`. */
  readonly removeDomain: unknown;
}

/** A minion's id from the file `minion_id` beside the configuration, or else from the host name. */
export function discoverMinionId(request: IdentityRequest): string {
  const kept = request.usesFile ? readIdFile(join(request.configDir, 'minion_id')) : undefined;
  if (kept !== undefined) return kept;
  const name = withoutDomain(request.hostName(), request.removeDomain);
  return request.isLowercase ? name.toLowerCase() : name;
}

/** Appends a domain to an id that does not end in it. */
export function appendDomain(id: string, domain: string | undefined): string {
  if (domain === undefined || domain === '' || id.endsWith(domain)) return id;
  return `${id}${id.endsWith('.') || domain.startsWith('.') ? '' : '.'}${domain}`;
}

function readIdFile(file: string): string | undefined {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
  const id = (text.replace(/^\ufeff/, '').split('\n')[0] ?? '').trim();
  return id === '' || id === 'localhost' ? undefined : id;
}

function withoutDomain(name: string, removeDomain: unknown): string {
  const [host = '', ...rest] = name.split('.');
  const domains = typeof removeDomain === 'string' ? removeDomain.split(',').map((domain) => domain.trim()) : [];
  return removeDomain === true || domains.includes(rest.join('.')) ? host : name;
}
