import { findProgram } from './find-program.ts';

/**
 * The words that run a program with a terminal of 24 lines as its standard input and output: `script` of util-linux
 * makes one. Standard error stays apart. Without that program it runs as it is.
 */
export function inTerminal(words: readonly string[]): readonly string[] {
  const script = findProgram('script');
  if (script === undefined) return words;
  // The line is for a plain shell, whatever the shell of the user is; the program has that of the user again.
  const line = `stty rows 24 cols 80; [ -z "$BRINE_SHELL" ] || export SHELL="$BRINE_SHELL"; unset BRINE_SHELL; exec 2>&3 3>&-; exec ${words.map(quote).join(' ')}`;
  const outer =
    'exec 3>&2; BRINE_SHELL="$SHELL" SHELL=/bin/sh exec "$0" --quiet --return --flush --command "$1" /dev/null';
  return ['/bin/sh', '-c', outer, script, line];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
