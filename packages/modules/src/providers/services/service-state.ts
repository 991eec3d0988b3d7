import { longestTimeout, type Applied, type Changes, type CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { chooseServiceManager } from './choose-service-manager.ts';
import type { ServiceManager, ServiceVerb } from './service-manager.ts';

/** A service as `service.running` and `service.dead` describe it. */
export interface ServiceRequest {
  readonly name: string;
  readonly enable: boolean | undefined;
  readonly sig: string | undefined;
  readonly init_delay: number | undefined;
  readonly unmask: boolean;
  readonly unmask_runtime: boolean;
}

/** Which of both states is wanted, and Salt's words for it. */
interface Goal {
  readonly runs: boolean;
  readonly verb: ServiceVerb;
  readonly already: string;
  readonly set: string;
  readonly done: (name: string) => string;
  readonly failed: string;
  readonly created: string;
}

const goals = {
  running: {
    runs: true,
    verb: 'start',
    already: 'already running',
    set: 'is set to start',
    done: (name: string) => `Started service ${name}`,
    failed: 'failed to start',
    created: 'started',
  },
  dead: {
    runs: false,
    verb: 'stop',
    already: 'already dead',
    set: 'is set to be killed',
    done: (name: string) => `Service ${name} was killed`,
    failed: 'failed to die',
    created: 'stopped',
  },
} as const satisfies Record<string, Goal>;

interface Situation {
  readonly request: ServiceRequest;
  readonly goal: Goal;
  readonly manager: ServiceManager;
  readonly isEnabled: boolean;
  readonly context: StateContext;
}

/** Compares a service with what is asked of it, and says in Salt's words what is or will be done. */
export async function checkService(
  request: ServiceRequest,
  wanted: keyof typeof goals,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const { name } = request;
  const { host } = context;
  const goal = goals[wanted];
  const refusal = refuseName(name) ?? refuseEnabled(name, context);
  if (refusal !== undefined) return fails(refusal);
  const manager = await chooseServiceManager(host);
  if (!(await manager.isAvailable(host, name))) return notThere(name, goal);
  const isEnabled = await manager.isEnabled(host, name);
  const situation = { request, goal, manager, isEnabled, context };
  const isMasked = request.unmask && (await manager.isMasked(host, name, request.unmask_runtime));
  const runs = await isRunning(host, manager, request);
  if (runs === goal.runs && !isMasked) return settleBoot(situation);
  return willChange({ comment: `Service ${name} ${goal.set}`, changes: { [name]: goal.runs } }, (machine) =>
    attempt(`Service ${name} ${goal.failed}`, () => bringAbout(situation, machine)),
  );
}

/** A name that no service can have; `undefined` when it is well. */
export function refuseName(name: string): string | undefined {
  return /^[^-/\s][^/\s]*$/.test(name) ? undefined : `The name ${name} cannot be that of a service`;
}

function refuseEnabled(name: string, { unknownArguments }: StateContext): string | undefined {
  if (!unknownArguments.has('enabled')) return undefined;
  return `Service ${name} uses non-existent option "enabled".  Perhaps "enable" option was intended?`;
}

// In a dry run the package that brings the service may not be installed yet, so its absence is no failure there.
function notThere(name: string, goal: Goal): CheckOutcome<Host> {
  const comment = `Service ${name} not present; if created in this state run, it would have been ${goal.created}`;
  if (!goal.runs) return isOk(`The named service ${name} is not available`);
  return willChange({ comment, changes: {} }, async () => {
    return { comment: `The named service ${name} is not available`, changes: {}, failed: true };
  });
}

/** Whether a service runs, by its manager or by a process whose command line has `sig`. */
export async function isRunning(
  host: ReadHost,
  manager: ServiceManager,
  { name, sig }: Pick<ServiceRequest, 'name' | 'sig'>,
): Promise<boolean> {
  if (sig === undefined) return manager.isRunning(host, name);
  return (await host.inspect({ command: ['pgrep', '-f', '--', sig], timeout: 30_000 })).exitCode === 0;
}

function settleBoot({ request, goal, manager, isEnabled }: Situation): CheckOutcome<Host> {
  const { name, enable } = request;
  if (enable === undefined || enable === isEnabled) return isOk(`The service ${name} is ${goal.already}`);
  const word = enable ? 'enabled' : 'disabled';
  const changes = { [name]: true };
  return willChange({ comment: `Service ${name} set to be ${word}`, changes }, (machine) =>
    attempt(bootFailure(name, enable, 'the service was already running'), async () => {
      await (enable ? manager.enable(machine, name) : manager.disable(machine, name));
      return { comment: `Service ${name} has been ${word}, and is in the desired state`, changes };
    }),
  );
}

function bootFailure(name: string, enable: boolean, state: string): string {
  return `Failed when setting service ${name} to ${enable ? 'start' : 'not start'} at boot, but ${state}`;
}

async function bringAbout(situation: Situation, machine: Host): Promise<Applied> {
  const { request, goal, manager, context } = situation;
  const { name } = request;
  if (request.unmask) await manager.unmask(machine, name, request.unmask_runtime);
  await manager.act(machine, goal.verb, name);
  await delay(request.init_delay, context.signal);
  const runs = await isRunning(machine, manager, request);
  const changes: Changes = { [name]: runs };
  if (runs !== goal.runs) return { comment: `Service ${name} ${goal.failed}`, changes: {}, failed: true };
  const boot = await settleAfter(situation, machine);
  const suffix = request.init_delay === undefined ? '' : `\nDelayed return for ${request.init_delay} seconds`;
  return { comment: (boot ?? goal.done(name)) + suffix, changes };
}

async function settleAfter(
  { request, goal, manager, isEnabled }: Situation,
  machine: Host,
): Promise<string | undefined> {
  const { name, enable } = request;
  if (enable === undefined) return undefined;
  const word = enable ? 'enabled' : 'disabled';
  const state = goal.runs ? 'is running' : 'is dead';
  if (enable === isEnabled) return `Service ${name} is already ${word}, and ${state}`;
  await (enable ? manager.enable(machine, name) : manager.disable(machine, name));
  return `Service ${name} has been ${word}, and ${state}`;
}

/** Waits some seconds, or until the run is cancelled. */
export async function delay(seconds: number | undefined, signal: AbortSignal): Promise<void> {
  if (seconds === undefined || signal.aborted) return;
  // Who asks again and again without a pause must not keep the cancel from getting through.
  if (seconds <= 0) return new Promise((resolve) => setImmediate(resolve));
  await new Promise<void>((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, Math.min(seconds * 1000, longestTimeout));
    signal.addEventListener('abort', wake);
  });
}
