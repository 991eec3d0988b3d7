import { closestName } from '@brine/common';
import { returnerError } from './errors.ts';
import type { Returner } from './returner.ts';

/** Every returner by its name. A file, and the client it needs, is read when the returner is first used. */
const table: Readonly<Record<string, () => Promise<Returner>>> = {
  elasticsearch: async () => (await import('./kinds/elasticsearch.ts')).elasticsearch,
  http: async () => (await import('./kinds/http.ts')).http,
  local: async () => (await import('./kinds/local.ts')).local,
  pgjsonb: async () => (await import('./kinds/postgres.ts')).pgjsonb,
  postgres: async () => (await import('./kinds/postgres.ts')).postgres,
  rawfile_json: async () => (await import('./kinds/rawfile-json-store.ts')).rawfileJson,
  redis: async () => (await import('./kinds/redis.ts')).redis,
  slack_webhook: async () => (await import('./kinds/slack-webhook.ts')).slackWebhook,
  smtp: async () => (await import('./kinds/smtp.ts')).smtp,
  syslog: async () => (await import('./kinds/syslog.ts')).syslog,
};

/** The names of all returners, sorted. */
export const returnerNames: readonly string[] = Object.keys(table);

/** Throws `returner-unknown` for a name that is none. */
export function requireReturner(name: string): void {
  if (Object.hasOwn(table, name)) return;
  const meant = closestName(name, returnerNames);
  const hint = meant === undefined ? `there are ${returnerNames.join(', ')}` : `did you mean '${meant}'?`;
  throw returnerError('returner-unknown', `there is no returner '${name}'; ${hint}`);
}

/** Loads a returner. Throws `returner-unknown`. */
export async function loadReturner(name: string): Promise<Returner> {
  requireReturner(name);
  return (table[name] as () => Promise<Returner>)();
}
