import type { ReadHost } from '../../kit/index.ts';
import { askRabbitmq, type RabbitmqRunner } from './rabbitmq.ts';

/** A policy as the broker tells it. */
export interface RabbitmqPolicy {
  readonly name: string;
  readonly pattern: string;
  /** JSON. */
  readonly definition: string;
  readonly 'apply-to': string;
  readonly priority: number;
}

/** The policies of a virtual host. Throws `state-failed` when the broker refuses. */
export async function readPolicies(
  host: ReadHost,
  runner: RabbitmqRunner,
  vhost: string,
): Promise<readonly RabbitmqPolicy[]> {
  const rows = await askRabbitmq(host, runner, ['list_policies', '-p', vhost]);
  return rows.map((row) => ({
    name: String(row['name']),
    pattern: String(row['pattern']),
    definition: typeof row['definition'] === 'string' ? row['definition'] : JSON.stringify(row['definition']),
    'apply-to': String(row['apply-to']),
    priority: Number(row['priority']),
  }));
}
