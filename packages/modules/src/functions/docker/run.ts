import type { Plain } from '@brine/common';
import { z } from 'zod';
import { flag, lineText, optional, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { commandLine } from '../cmd/command-arguments.ts';
import { containerPath, stateOf } from '../../providers/docker/containers.ts';
import { connectDocker, memberAt } from '../../providers/docker/docker-api.ts';
import { failure } from '../failure.ts';
import { splitWords } from '../split-words.ts';
import { dockerName, readFrames, requireContainer } from './look.ts';

const runArguments = {
  name: dockerName,
  cmd: commandLine().describe('The command: a line, or a list of words. No shell reads it.'),
  user: optional(lineText()).describe('The user to run as.'),
  ignore_retcode: withDefault(flag(), false).describe('Do not let the exit status fail the call.'),
};

type RunWish = z.infer<z.ZodObject<typeof runArguments>>;

interface Ended {
  readonly [member: string]: Plain;
  readonly retcode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export const run = running('docker.run', 'and answers its output', ({ stdout, stderr }) =>
  [stdout, stderr].filter((part) => part !== '').join('\n'),
);
export const runStdout = running('docker.run_stdout', 'and answers its standard output', ({ stdout }) => stdout);
export const runStderr = running('docker.run_stderr', 'and answers its standard error', ({ stderr }) => stderr);
export const retcode = running('docker.retcode', 'and answers its exit status', (ended) => ended.retcode);
export const runAll = running('docker.run_all', 'and answers its exit status and output', (ended) => ended);

function running(name: string, summary: string, tell: (ended: Ended) => Plain): FunctionDeclaration {
  return defineFunction({
    name,
    ignoresOthers: true,
    summary: `Runs a command in a container ${summary}.`,
    args: z.object(runArguments),
    examples: [`'*' ${name} mycontainer 'ls -l /etc'`],
    run: async (args, context) => tell(await execute(args, context)),
  });
}

async function execute(
  { name, cmd, user, ignore_retcode: ignores }: RunWish,
  context: FunctionContext,
): Promise<Ended> {
  const docker = connectDocker(context);
  if (stateOf(await requireContainer(docker, name)) !== 'running') throw failure(`Container '${name}' is not running`);
  const words = typeof cmd === 'string' ? splitWords(cmd) : cmd;
  if (words.length === 0) throw failure('The command is empty');
  const who = user === undefined ? {} : { User: user };
  const request = { AttachStdout: true, AttachStderr: true, Cmd: words, ...who };
  const id = memberAt(await docker.post(containerPath(name, '/exec'), request), 'Id');
  if (typeof id !== 'string') throw failure(`The Docker daemon started no command in '${name}'`);
  const { stdout, stderr } = readFrames(await docker.postForBytes(`/exec/${id}/start`, { Detach: false, Tty: false }));
  const status = Number(memberAt(await docker.get(`/exec/${id}/json`), 'ExitCode') ?? 0);
  if (!ignores) context.setRetcode(status);
  return { retcode: status, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}
