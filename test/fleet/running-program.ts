import { spawn, type ChildProcess } from 'node:child_process';

/** How a program ended and what it had printed. */
export interface Finished {
  /** The exit status; `null` when a signal ended it. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, whose output is watched line by line. */
export interface RunningProgram {
  readonly pid: number;
  readonly ended: Promise<Finished>;
  /** How many lines were printed by now; later lines are those from here on. */
  mark(): number;
  /** The first line (of either stream, from `mark` on) that `matches`; rejects when the program ends or 20 s pass before. */
  line(matches: (line: string) => boolean, mark?: number): Promise<string>;
  signal(name: NodeJS.Signals): void;
}

/** How a program is started. */
export interface ProgramStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What it reads on standard input; nothing unless given. */
  readonly input?: string;
}

/** Milliseconds after which waiting for a line is given up; far more than anything here takes, also on a busy machine. */
const patience = process.env['BRINE_FAULTS'] === 'all' ? 120_000 : 50_000;

interface Waiter {
  readonly matches: (line: string) => boolean;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

/** Starts a program and watches it. */
export function startProgram({ file, args, env, input }: ProgramStart): RunningProgram {
  const child = spawn(file, args, { env, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  child.stdin?.end(input);
  const waiting = new Set<Waiter>();
  const lines: string[] = [];
  const take = (line: string): void => {
    lines.push(line);
    for (const waiter of waiting) if (waiter.matches(line)) waiter.resolve(line);
  };
  const output = { stdout: collect(child.stdout, take), stderr: collect(child.stderr, take) };
  const ended = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout: output.stdout(), stderr: output.stderr() }));
  });
  const describe = (what: string): Error => new Error(`${file} ${args.join(' ')} ${what}:\n${lines.join('\n')}`);
  void ended.finally(() => {
    for (const { reject } of waiting) reject(describe('ended before it printed what was waited for'));
  });
  return {
    pid: pidOf(child),
    ended,
    mark: () => lines.length,
    line: async (matches, mark = 0) => {
      const found = lines.slice(mark).find(matches);
      if (found !== undefined) return found;
      return new Promise<string>((resolve, reject) => {
        const timer = setTimeout(() => reject(describe('has not printed what is waited for')), patience);
        const settle = (): void => {
          clearTimeout(timer);
          waiting.delete(waiter);
        };
        const waiter: Waiter = {
          matches,
          resolve: (line) => (settle(), resolve(line)),
          reject: (error) => (settle(), reject(error)),
        };
        waiting.add(waiter);
        if (child.exitCode !== null) waiter.reject(describe('had ended before'));
      });
    },
    signal: (name) => void child.kill(name),
  };
}

function collect(stream: NodeJS.ReadableStream | null, take: (line: string) => void): () => string {
  let text = '';
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text += chunk;
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
  stream?.on('end', () => {
    if (rest !== '') take(rest);
  });
  return () => text;
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('the program could not be started');
  return pid;
}
