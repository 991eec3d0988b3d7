import { AppError, isAppError, type Applied, type CheckOutcome, type Plain } from '@brine/common';
import { fails, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { omitAbsent } from '../omit-absent.ts';
import { toContainerSpec } from './container-settings.ts';
import { containerPath, findContainer, stateOf, type NetworkWish } from './containers.ts';
import { connectDocker, memberAt, textAt, type DockerWriter } from './docker-api.ts';
import { findImage, pullImage } from './images.ts';

/** `docker_container.run` as an SLS file describes it. */
export interface RunWish {
  readonly name: string;
  readonly image: string;
  /** Whether nobody waits for its end. */
  readonly bg: boolean;
  readonly failhard: boolean;
  readonly replace: boolean;
  readonly force: boolean;
  /** Whether it is removed when it ended; in the background the daemon does that. */
  readonly removes: boolean;
  readonly networks: readonly NetworkWish[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly logs: {
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly timestamps: boolean;
    readonly tail: string;
  };
}

/** Looks whether a container can be run, which is the case unless one of that name is there. */
export async function checkRun(wish: RunWish, context: StateContext): Promise<CheckOutcome<Host>> {
  const docker = connectDocker(context);
  const spec = toContainerSpec(wish.settings);
  const existing = await findContainer(docker, wish.name);
  const hindrance = existing === undefined ? undefined : hindranceOf(wish, stateOf(existing));
  if (hindrance !== undefined) return fails(`Encountered error running container: ${hindrance}`);
  const comment = `Container would be run${wish.bg ? ' in the background' : ''}`;
  return willChange({ comment, changes: {} }, async (machine) => {
    try {
      return await run(docker, { wish, spec, replaced: existing }, machine);
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return { comment: `Encountered error running container: ${caught.message}`, changes: {}, failed: true };
    }
  });
}

function hindranceOf({ name, replace, force }: RunWish, state: string): string | undefined {
  if (state === 'running' && !(replace && force))
    return `Container '${name}' exists and is running. Run with replace=True and force=True to force removal of the existing container.`;
  return replace ? undefined : `Container '${name}' exists. Run with replace=True to remove the existing container`;
}

interface Work {
  readonly wish: RunWish;
  readonly spec: ReturnType<typeof toContainerSpec>;
  readonly replaced: unknown;
}

/** Runs a container of an image that is fetched when it is not there. Throws `state-failed`. */
export async function runContainer(docker: DockerWriter, wish: RunWish, machine: Host): Promise<Applied> {
  const replaced = await findContainer(docker, wish.name);
  const hindrance = replaced === undefined ? undefined : hindranceOf(wish, stateOf(replaced));
  if (hindrance !== undefined) throw new AppError({ code: 'state-failed', message: hindrance });
  return run(docker, { wish, spec: toContainerSpec(wish.settings), replaced }, machine);
}

async function run(docker: DockerWriter, work: Work, machine: Host): Promise<Applied> {
  const { wish, replaced } = work;
  const pulled =
    (await findImage(docker, wish.image)) === undefined ? await pullImage(docker, wish.image, machine) : undefined;
  if (replaced !== undefined) await docker.remove(containerPath(wish.name, wish.force ? '?force=true' : ''));
  const began = Date.now();
  const created = await create(docker, work);
  const id = textAt(created, 'Id');
  await startOn(docker, id, wish);
  const ended: Partial<Ending> = wish.bg ? {} : await waitAndRead(docker, id, wish);
  const changes = omitAbsent({
    image: pulled,
    Id: id,
    Name: wish.name,
    Warnings: warningsOf(created),
    Replaces: replaced === undefined ? undefined : [textAt(replaced, 'Id')],
    Time_Elapsed: (Date.now() - began) / 1000,
    ...ended,
  });
  if (wish.bg) return { comment: 'Container was run in the background', changes };
  if (wish.removes) await docker.remove(containerPath(id, ''));
  const code = ended.ExitCode ?? 0;
  const comment = `Container ran and exited with a return code of ${code}`;
  return { comment, changes, failed: wish.failhard && code !== 0 };
}

function warningsOf(created: unknown): Plain | undefined {
  const warnings = memberAt(created, 'Warnings');
  return Array.isArray(warnings) && warnings.length > 0 ? warnings.map(String) : undefined;
}

function create(docker: DockerWriter, { wish, spec }: Work): Promise<unknown> {
  return docker.post(`/containers/create?name=${encodeURIComponent(wish.name)}`, {
    Image: wish.image,
    ...spec.Config,
    HostConfig: { ...spec.HostConfig, AutoRemove: wish.bg && wish.removes },
  });
}

// One that does not come up shall not be in the way of the next run.
async function startOn(docker: DockerWriter, id: string, { networks, removes }: RunWish): Promise<void> {
  try {
    for (const { name, settings } of networks)
      await docker.post(`/networks/${encodeURIComponent(name)}/connect`, { Container: id, EndpointConfig: settings });
    await docker.post(containerPath(id, '/start'));
  } catch (caught) {
    if (removes) await docker.remove(containerPath(id, '?force=true'));
    throw caught;
  }
}

/** How a container ended, under Salt's names. */
type Ending = { readonly Logs: string; readonly ExitCode: number };

async function waitAndRead(docker: DockerWriter, id: string, { logs }: RunWish): Promise<Ending> {
  const code = await waitForEnd(docker, id);
  const query = `stdout=${Number(logs.stdout)}&stderr=${Number(logs.stderr)}&timestamps=${Number(logs.timestamps)}&tail=${encodeURIComponent(logs.tail)}`;
  const bytes = await docker.fetchBytes(containerPath(id, `/logs?${query}`));
  const hasTerminal = memberAt(await findContainer(docker, id), 'Config', 'Tty') === true;
  return { Logs: hasTerminal ? bytes.toString('utf8') : readFrames(bytes), ExitCode: code };
}

// The daemon says nothing until the end, so a connection that is given up meanwhile is made anew.
async function waitForEnd(docker: DockerWriter, id: string): Promise<number> {
  for (;;) {
    try {
      return Number(memberAt(await docker.post(containerPath(id, '/wait')), 'StatusCode'));
    } catch (caught) {
      const isSilence = isAppError(caught) && caught.details?.['isSilent'] === true;
      if (!isSilence || stateOf(await findContainer(docker, id)) === 'stopped') throw caught;
    }
  }
}

// Both streams come in frames: a byte for the stream, three of nothing, four of length.
function readFrames(bytes: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length) throw new AppError({ code: 'state-failed', message: 'the log ends within a frame' });
    const end = at + 8 + bytes.readUInt32BE(at + 4);
    parts.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString('utf8');
}
