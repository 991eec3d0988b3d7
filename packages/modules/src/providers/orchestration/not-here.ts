import { fails } from '../../kit/index.ts';

/** What `salt.*` states answer on a minion. */
export function notHere(): ReturnType<typeof fails> {
  return fails('The salt states work in orchestrations on the master only (salt-run state.orchestrate)');
}
