import type { ShellLine } from '../../kit/index.ts';

/** The descriptor that a shell reads a concealed line from. */
export const concealedDescriptor = 3;

/**
 * The words that start a shell. A concealed line is not among them: the shell has `cat` hand it over from a descriptor, which
 * is closed while the line runs, so that nothing it starts has it. Whatever else the line sees is as ever: its standard
 * input, `$0`, its arguments, and what it ends with.
 */
export function shellWords({ line, shell, inBackground, isConcealed }: ShellLine, cat: string): readonly string[] {
  const script = isConcealed === true ? `eval "$(${cat} <&3 || echo exit 126)" 3<&-` : line;
  // Node's pipes are sockets, and with a socket for its input bash reads ~/.bashrc, as for a command of rsh.
  const options = shell.endsWith('/bash') ? ['--norc', '-c'] : ['-c'];
  const words = [shell, ...options, script];
  if (inBackground !== true) return words;
  // It must neither hold the streams of the call nor end with it.
  return ['/bin/sh', '-c', 'setsid "$@" >/dev/null 2>&1 </dev/null & echo $!', 'sh', ...words];
}
