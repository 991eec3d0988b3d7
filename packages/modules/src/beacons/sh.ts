import path from 'node:path';
import type { Dict, Value } from '@brine/common';
import { payload, readText, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

/** `sh` */
export const sh: BeaconDeclaration = {
  name: 'sh',
  summary:
    'Tells of the programs that login shells start, with `strace`: who (`user`), what (`cmd`) and with which `args`.',
  example: 'sh: []',
  validate: () => undefined,
  create: (context) => createProbe(context),
};

function createProbe(context: BeaconContext): ReturnType<BeaconDeclaration['create']> {
  const traced = new Map<string, { close(): void }>();
  let events: Dict[] = [];
  let isMissing = false;
  const begin = (strace: string, { pid, user }: Shell): void => {
    const command = [strace, '-f', '-qq', '-s', '4096', '-e', 'trace=execve', '-p', pid];
    const onLine = (line: string): void => {
      const started = readExecve(line);
      if (started !== undefined && events.length < mostKept)
        events.push(payload(['args', started.args], ['tag', pid], ['cmd', started.cmd], ['user', user]));
    };
    // One that cannot be traced is not tried again while it lives.
    const onEnd = (): void => context.log.debug('a shell is traced no more', { pid });
    traced.set(pid, context.follow(command, { onLine, onEnd }));
  };
  return {
    close: () => {
      for (const trace of traced.values()) trace.close();
      traced.clear();
      events = [];
    },
    async look() {
      if (isMissing) return [];
      const strace = await context.host.which('strace');
      isMissing = strace === undefined;
      if (strace === undefined) throw new Error('strace is missing');
      const shells = await findShells(context);
      const pids = new Set(shells.map(({ pid }) => pid));
      for (const pid of [...traced.keys()]) if (!pids.has(pid)) traced.delete(pid);
      for (const shell of shells) if (!traced.has(shell.pid)) begin(strace, shell);
      const told = events;
      events = [];
      return told;
    },
  };
}

const mostKept = 10_000;

interface Shell {
  readonly pid: string;
  readonly user: string;
}

/** Processes whose whole command line is a shell of `/etc/shells`, such as `-bash`. */
async function findShells(context: BeaconContext): Promise<readonly Shell[]> {
  const lines = (await readText(context, '/etc/shells')).split('\n').map((line) => line.trim());
  const names = new Set(lines.filter((line) => line.startsWith('/')).flatMap((line) => [line, path.basename(line)]));
  const found: Shell[] = [];
  for (const pid of (await context.host.files.list('/proc')) ?? []) {
    if (!/^\d+$/.test(pid)) continue;
    const words = (await readText(context, `/proc/${pid}/cmdline`)).replace(/\0$/, '').split('\0');
    const [name = ''] = words;
    if (words.length === 1 && names.has(name.replace(/^-/, ''))) found.push({ pid, user: await userOf(context, pid) });
  }
  return found;
}

async function userOf(context: BeaconContext, pid: string): Promise<string> {
  const uid = /^Uid:\s+(\d+)/m.exec(await readText(context, `/proc/${pid}/status`))?.[1] ?? '';
  return (await context.host.account(Number(uid)))?.name ?? uid;
}

const text = /"((?:[^"\\]|\\.)*)"(?:\.\.\.)?/g;

/** What a line of strace says was started: `execve("/bin/ls", ["ls", "-l"], 0x… 20 vars) = 0`. */
export function readExecve(line: string): { readonly cmd: string; readonly args: Value[] } | undefined {
  const call = /\bexecve\((.*)$/.exec(line)?.[1];
  if (call === undefined) return undefined;
  const [cmd, ...args] = [...call.matchAll(text)].map(([, written = '']) => unescapeText(written));
  return cmd === undefined ? undefined : { cmd, args };
}

const letters: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12 };

/** A text as C writes it: what is not ASCII stands as octal bytes. */
function unescapeText(written: string): string {
  const bytes: number[] = [];
  for (const [whole, escape] of written.matchAll(/\\([0-7]{1,3}|[\s\S])|[\s\S]/g)) {
    if (escape === undefined) bytes.push(...new TextEncoder().encode(whole));
    else if (/^[0-7]/.test(escape)) bytes.push(Number.parseInt(escape, 8) & 255);
    else bytes.push(letters[escape] ?? escape.charCodeAt(0));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
