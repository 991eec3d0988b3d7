import type { CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { chooseServiceManager } from './choose-service-manager.ts';
import { refuseName } from './service-state.ts';

/** Whether a service is masked, compared with what is wanted. */
export async function checkMask(
  host: ReadHost,
  { name, runtime }: { readonly name: string; readonly runtime: boolean },
  wanted: boolean,
): Promise<CheckOutcome<Host>> {
  const refusal = refuseName(name);
  if (refusal !== undefined) return fails(refusal);
  const manager = await chooseServiceManager(host);
  if (manager.name !== 'systemd') return fails('Service masking not available on this minion');
  const kind = runtime ? 'runtime masked' : 'masked';
  const word = wanted ? kind : `un${kind.replace('runtime ', '')}`;
  if ((await manager.isMasked(host, name, runtime)) === wanted) return isOk(`Service ${name} is already ${word}`);
  const changes = { [kind]: { old: !wanted, new: wanted } };
  return willChange({ comment: `Service ${name} would be ${word}`, changes }, (machine) =>
    attempt(`Failed to ${wanted ? 'mask' : 'unmask'} service ${name}`, async () => {
      await (wanted ? manager.mask(machine, name, runtime) : manager.unmask(machine, name, runtime));
      return { comment: `Service ${name} was ${word}`, changes };
    }),
  );
}
