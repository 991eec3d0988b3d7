import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; an empty answer, or none at all, is `otherwise`. */
export async function askYesNo(question: string, otherwise: boolean): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const ended = new Promise<string>((resolve) => {
      terminal.once('close', () => resolve(otherwise ? '' : 'n'));
    });
    const answer = (await Promise.race([terminal.question(question), ended])).trim().toLowerCase();
    return answer === '' ? otherwise : answer.startsWith('y');
  } finally {
    terminal.close();
  }
}
