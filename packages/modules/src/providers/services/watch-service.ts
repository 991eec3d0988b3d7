import type { CheckOutcome } from '@brine/common';
import { isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { chooseServiceManager } from './choose-service-manager.ts';
import type { ServiceVerb } from './service-manager.ts';
import { delay, isRunning, type ServiceRequest } from './service-state.ts';

/** What a fired watch does to a service that was to run: reload or restart it, or start it when it is down. */
export async function watchService(
  request: ServiceRequest & { readonly reload: boolean; readonly force: boolean; readonly full_restart: boolean },
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const manager = await chooseServiceManager(context.host);
  const runs = await isRunning(context.host, manager, request);
  const [verb, word] = chooseVerb(request, runs);
  return willAct(request, { verb, word, participle: `${word}ed` }, context);
}

/** What a fired watch does to a service that was to be down: stop it. */
export async function watchDeadService(request: ServiceRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const manager = await chooseServiceManager(context.host);
  if (!(await isRunning(context.host, manager, request))) return isOk('Service is already stopped');
  return willAct(request, { verb: 'stop', word: 'stop', participle: 'stopped' }, context);
}

function chooseVerb(
  request: { readonly reload: boolean; readonly force: boolean; readonly full_restart: boolean },
  runs: boolean,
): readonly [ServiceVerb, string] {
  if (!runs) return ['start', 'start'];
  if (request.reload) return request.force ? ['force-reload', 'forcefully reload'] : ['reload', 'reload'];
  return ['restart', request.full_restart ? 'fully restart' : 'restart'];
}

function willAct(
  request: ServiceRequest,
  action: { readonly verb: ServiceVerb; readonly word: string; readonly participle: string },
  context: StateContext,
): CheckOutcome<Host> {
  const changes = { [request.name]: true };
  const pending = { comment: `Service is set to be ${action.participle}`, changes };
  return willChange(pending, (machine) =>
    attempt(`Failed to ${action.word} the service`, async () => {
      const manager = await chooseServiceManager(machine);
      if (request.unmask) await manager.unmask(machine, request.name, request.unmask_runtime);
      await manager.act(machine, action.verb, request.name);
      await delay(request.init_delay, context.signal);
      return { comment: `Service ${action.participle}`, changes };
    }),
  );
}
