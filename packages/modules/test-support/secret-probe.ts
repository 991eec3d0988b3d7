import {
  createLogger,
  createRunSecrets,
  isAppError,
  pythonRepr,
  redactLogger,
  redactPlain,
  toValue,
  type Logger,
  type Plain,
} from '@brine/common';
import { canConceal, type CommandRequest, type CommandResult, type Host } from '../src/kit/index.ts';
import { createExampleHost } from './example-world.ts';

/** A text that is nowhere by chance. */
export const canary = 'CANARY-word-5b1e77d0-94af';

/** Where a secret was seen by somebody, and what its work was. */
export interface Sightings {
  /** `log: …`, `answer: …`, `argv: …`, `file: …` */
  readonly leaks: readonly string[];
  /** How many programs were handed it in a way that nobody sees. */
  readonly handed: number;
}

/** What a probed piece of work is given. */
export interface Probe {
  readonly host: Host;
  readonly log: Logger;
  readonly keepSecret: (text: string) => Promise<void>;
}

/** How the programs of a machine behave: all end well, or all fail and complain with everything they were given. */
export type Mood = 'well' | 'complaining';

/**
 * Runs a piece of work on a machine with every program and looks for the canary wherever anybody could see it: in what
 * it answers and throws and logs (as these leave a call: without what was declared secret), in the arguments of
 * programs and in files that it leaves.
 */
export async function sightSecrets(mood: Mood, work: (probe: Probe) => Promise<unknown>): Promise<Sightings> {
  const machine = createExampleHost();
  const secrets = createRunSecrets();
  const shown: string[] = [];
  const requests: CommandRequest[] = [];
  const start =
    (through: (request: CommandRequest) => Promise<CommandResult>) =>
    async (request: CommandRequest): Promise<CommandResult> => {
      requests.push(request);
      const result = await through(request);
      return mood === 'well'
        ? result
        : { ...result, exitCode: 1, stdout: complaint(request), stderr: complaint(request) };
    };
  const host: Host = {
    ...machine,
    run: start((request) => machine.run(request)),
    inspect: start((request) => machine.inspect(request)),
  };
  const plainLog = createLogger((_level, message, data) => void shown.push(`log: ${message} ${textOf(data)}`));
  const log = redactLogger(plainLog, secrets.redactor);
  const keepSecret = async (text: string): Promise<void> => secrets.learn([text], new Uint8Array(32));
  try {
    shown.push(`answer: ${textOf(redactPlain(await work({ host, log, keepSecret }), secrets.redactor))}`);
  } catch (error) {
    if (!isAppError(error)) throw error;
    shown.push(`error: ${textOf(redactPlain(error, secrets.redactor))}`);
  }
  for (const request of requests) shown.push(...argumentsOf(request));
  const left = Object.entries((machine.snapshot() as { readonly files: Readonly<Record<string, unknown>> }).files);
  for (const [path, entry] of left) shown.push(`file: ${path} ${textOf(entry)}`);
  const handed = requests.filter((request) => seesCanary(textOf({ ...request, command: [] }))).length;
  return { leaks: shown.filter(seesCanary), handed };
}

function seesCanary(text: string): boolean {
  return text.includes(canary) || text.includes(Buffer.from(canary).toString('base64').slice(0, -4));
}

/** The words of a program, which all users of a machine can see; not those of a line that its shell reads unseen. */
function argumentsOf({ command }: CommandRequest): readonly string[] {
  if (!('line' in command)) return [`argv: ${command.join(' ')}`];
  return canConceal(command.shell) ? [] : [`argv: ${command.line}`];
}

function complaint({ command, input, environment }: CommandRequest): string {
  return `ERROR: no ${textOf({ command, input, environment })}`;
}

function textOf(thing: unknown): string {
  const seen = JSON.stringify(thing, (_key, value: unknown) => {
    if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
    if (value instanceof Error) return [value.message, value.stack, value.cause, Object.values(value)];
    if (value instanceof Map) return pythonRepr(toValue([...value] as Plain));
    return typeof value === 'function' ? undefined : value;
  });
  return seen ?? '';
}
