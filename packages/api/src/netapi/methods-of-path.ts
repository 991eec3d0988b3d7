import type { NetapiSettings } from './netapi-settings.ts';

interface PathRule {
  readonly path: RegExp;
  readonly methods: string;
  /** Query parameters that the route takes; any if absent. */
  readonly query?: readonly string[];
}

/** What the paths of the HTTP API take. */
export type PathRules = readonly PathRule[];

/** The rules of paths below the prefix. */
export function createPathRules({ webhookPath, appPath, staticPath, hasSessions }: NetapiSettings): PathRules {
  const exact = (path: string): RegExp => new RegExp(`^${escape(path)}/?$`);
  const below = (path: string): RegExp => new RegExp(`^${escape(path)}(?:/|$)`);
  return [
    { path: /^\/?$/, methods: 'GET, HEAD, POST', query: [] },
    ...(hasSessions
      ? [
          { path: exact('/login'), methods: 'GET, HEAD, POST', query: [] },
          { path: exact('/logout'), methods: 'POST', query: [] },
          { path: below('/minions'), methods: 'GET, HEAD, POST', query: ['mid'] },
          { path: below('/jobs'), methods: 'GET, HEAD', query: ['jid', 'timeout'] },
        ]
      : []),
    { path: exact('/token'), methods: 'POST', query: [] },
    { path: exact('/run'), methods: 'POST', query: [] },
    { path: below('/keys'), methods: 'GET, HEAD, POST', query: ['mid'] },
    { path: exact('/events'), methods: 'GET, HEAD', query: ['token', 'salt_token'] },
    { path: below('/ws'), methods: 'GET, HEAD' },
    { path: below(webhookPath), methods: 'POST' },
    { path: exact('/stats'), methods: 'GET, HEAD', query: [] },
    { path: below(appPath), methods: 'GET, HEAD' },
    { path: below(staticPath), methods: 'GET, HEAD' },
  ];
}

function escape(path: string): string {
  return path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
