import type { Plain } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import { askRabbitmq, type RabbitmqRunner } from './rabbitmq.ts';
import { readJson } from '../commands/read-json.ts';

/** What an upstream of federation is set to; `undefined` when there is none. Throws `state-failed`. */
export async function readUpstream(
  host: ReadHost,
  runner: RabbitmqRunner,
  name: string,
): Promise<Readonly<Record<string, Plain>> | undefined> {
  const rows = await askRabbitmq(host, runner, ['list_parameters']);
  const row = rows.find((each) => each['component'] === 'federation-upstream' && each['name'] === name);
  const value = row?.['value'];
  return (typeof value === 'string' ? readJson('rabbitmqctl', value) : value) as
    | Readonly<Record<string, Plain>>
    | undefined;
}
