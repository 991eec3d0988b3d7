import { dumpJson, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { cliError, usageExitCode } from '../errors.ts';
import type { ControlClient } from '../connection/control-client.ts';

/**
 * `salt-run state.event [tag] [count=N] [quiet=True] [pretty=True]`: prints events as they happen, a tag and its
 * payload as JSON a line, until `count` of them were seen or somebody interrupts.
 */
export async function showEvents(
  client: ControlClient,
  { positional, keyword }: { readonly positional: readonly Value[]; readonly keyword: Dict },
): Promise<number> {
  refuseOthers(keyword);
  const argument = (index: number, name: string): Value => keyword.get(name) ?? positional[index] ?? null;
  const tag = argument(0, 'tagmatch');
  const limit = argument(1, 'count');
  const isQuiet = argument(2, 'quiet') === true;
  const isPretty = argument(4, 'pretty') === true;
  const query = typeof tag === 'string' && tag !== '' ? `?tag=${encodeURIComponent(tag)}` : '';
  let left = typeof limit === 'number' && limit > 0 ? limit : Infinity;
  for await (const event of client.stream('GET', `/v1/events${query}`)) {
    if (!isDict(event)) continue;
    if (!isQuiet) process.stdout.write(lineOf(event, isPretty));
    left -= 1;
    if (left <= 0) return 0;
  }
  return 0;
}

/** Names of arguments as Salt has them; this program watches the master alone, through its socket. */
const known = ['tagmatch', 'count', 'quiet', 'sock_dir', 'pretty', 'node'];

function refuseOthers(keyword: Dict): void {
  for (const name of keyword.keys()) {
    if (known.includes(pythonStr(name))) continue;
    const message = `state.event has no argument '${pythonStr(name)}'; it has ${known.join(', ')}`;
    throw cliError('usage', message, { exitCode: usageExitCode });
  }
}

function lineOf(event: Dict, isPretty: boolean): string {
  const payload = event.get('payload') ?? null;
  const text = isPretty ? dumpJson(payload, { indent: 4, sortKeys: true }) : dumpJson(payload);
  return `${pythonStr(event.get('tag') ?? '')}\t${text}\n`;
}
