import { AppError, longestTimeout, pythonStr, type Dict, type Value } from '@brine/common';
import type { CommandRequest, CommandResult, Host } from '../kit/host.ts';

/** How long programs may run. */
export interface ProgramLimits {
  /** Milliseconds for programs that nothing else limits; `undefined` for no limit. */
  readonly standard: number | undefined;
  /** Milliseconds by the name of the program, before all other limits; `undefined` for no limit. */
  readonly byProgram: ReadonlyMap<string, number | undefined>;
}

const standardSeconds = 3600;
const day = 86_400_000;

/** What may have as much to move as a machine holds. */
const lengthy: ReadonlyMap<string, number> = new Map(
  ['rsync', 'dump', 'restore', 'e2fsck', 'fsck', 'resize2fs', 'pvmove', 'mdadm'].map((name) => [name, day]),
);

/** The limits that `program_timeout` and `program_timeouts` of a configuration set, in seconds; 0 sets none. */
export function readProgramLimits(options: Dict): ProgramLimits {
  const own = options.get('program_timeouts');
  const entries = own instanceof Map ? [...(own as Dict)] : [];
  return {
    standard: toMilliseconds(options.get('program_timeout'), standardSeconds * 1000),
    byProgram: new Map(
      entries.map(([name, seconds]) => [pythonStr(name), toMilliseconds(seconds, standardSeconds * 1000)]),
    ),
  };
}

/** The limit in milliseconds of something that works as a program of that name does; `undefined` for none. */
export function limitFor(program: string, options: Dict): number | undefined {
  return limitOf(program, {}, readProgramLimits(options));
}

/**
 * A machine on which every program ends: what sets itself no limit gets one. A program that its limit ended is an error
 * that names it and the limit, `program-timeout`, but for those that want it as an answer.
 */
export function limitingHost(host: Host, limits: ProgramLimits): Host {
  const within = async (
    request: CommandRequest,
    start: (limited: CommandRequest) => Promise<CommandResult>,
  ): Promise<CommandResult> => {
    const program = programOf(request);
    const limit = limitOf(program, request, limits);
    const result = await start({ ...request, timeout: limit ?? null });
    if (!result.timedOut || request.answersTimeout === true) return result;
    throw new AppError({
      code: 'program-timeout',
      message: `${program} did not end within ${(limit ?? 0) / 1000} seconds, its limit, and was ended`,
      details: { program, seconds: (limit ?? 0) / 1000 },
    });
  };
  return {
    ...host,
    run: (request) => within(request, (limited) => host.run(limited)),
    inspect: (request) => within(request, (limited) => host.inspect(limited)),
  };
}

function limitOf(
  program: string,
  { timeout: own, answersTimeout }: Pick<CommandRequest, 'timeout' | 'answersTimeout'>,
  limits: ProgramLimits,
): number | undefined {
  // A user set it for this very command.
  if (own === null || (own !== undefined && answersTimeout === true)) return own ?? undefined;
  if (limits.byProgram.has(program)) return limits.byProgram.get(program);
  if (own !== undefined) return own;
  const { standard } = limits;
  return standard === undefined ? undefined : Math.max(standard, lengthy.get(program) ?? 0);
}

function programOf({ command }: CommandRequest): string {
  const path = 'line' in command ? command.shell : (command[0] ?? '');
  return path.split('/').at(-1) ?? path;
}

function toMilliseconds(seconds: Value | undefined, otherwise: number): number | undefined {
  const number = seconds === undefined || seconds === null ? Number.NaN : Number(pythonStr(seconds));
  if (!Number.isFinite(number) || number < 0) return otherwise;
  return number === 0 ? undefined : Math.min(number * 1000, longestTimeout);
}
