import type { CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { chooseServiceManager } from './choose-service-manager.ts';
import { refuseName } from './service-state.ts';

/** Whether a service starts at boot, compared with what is wanted. */
export async function checkBoot(host: ReadHost, name: string, enable: boolean): Promise<CheckOutcome<Host>> {
  const refusal = refuseName(name);
  if (refusal !== undefined) return fails(refusal);
  const manager = await chooseServiceManager(host);
  const word = enable ? 'enabled' : 'disabled';
  if (!(await manager.isAvailable(host, name))) return notThere(name, enable);
  if ((await manager.isEnabled(host, name)) === enable)
    return isOk(`Service ${name} is already ${word}, and is in the desired state`);
  const changes = { [name]: true };
  const failure = `Failed when setting service ${name} to ${enable ? 'start' : 'not start'} at boot, but the service was already running`;
  return willChange({ comment: `Service ${name} set to be ${word}`, changes }, (machine) =>
    attempt(failure, async () => {
      await (enable ? manager.enable(machine, name) : manager.disable(machine, name));
      return { comment: `Service ${name} has been ${word}, and is in the desired state`, changes };
    }),
  );
}

function notThere(name: string, enable: boolean): CheckOutcome<Host> {
  const comment = `The named service ${name} is not available`;
  if (!enable) return isOk(comment);
  const pending = `Service ${name} not present; if created in this state run, it would have been enabled`;
  return willChange({ comment: pending, changes: {} }, async () => ({ comment, changes: {}, failed: true }));
}
