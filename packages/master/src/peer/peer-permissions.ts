import { compilePythonRegex, pythonStr, type Dict, type MinionId, type Value } from '@brine/common';

/**
 * What a minion may do by `peer` (functions on minions) and `peer_run` (runners): the entries of every key whose regular
 * expression matches the start of its id.
 */
export function peerPermissions(
  minion: MinionId,
  { peer, peerRun }: { readonly peer: Dict; readonly peerRun: Dict },
): readonly Value[] {
  const functions = entriesFor(minion, peer).filter((entry) => !isSpecial(entry));
  return [...functions, new Map<Value, Value>([['@runner', entriesFor(minion, peerRun)]])];
}

function entriesFor(minion: MinionId, configured: Dict): Value[] {
  return [...configured].flatMap(([pattern, entries]) =>
    Array.isArray(entries) && begins(pythonStr(pattern), minion) ? entries : [],
  );
}

/** A pattern that cannot be read means no minion. */
function begins(pattern: string, minion: MinionId): boolean {
  try {
    return compilePythonRegex(pattern, 'y', 'administrator').test(minion);
  } catch {
    return false;
  }
}

/** `peer` is about minions alone. */
function isSpecial(entry: Value): boolean {
  const name = entry instanceof Map ? [...entry.keys()][0] : entry;
  return typeof name === 'string' && name.startsWith('@');
}
