import { createInterface } from 'node:readline/promises';

/** Asks on the terminal; an empty answer is `otherwise`, and `undefined` is that nobody was there to answer. */
export async function askYesNo(question: string, otherwise: boolean): Promise<boolean | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const ended = new Promise<undefined>((resolve) => {
      terminal.once('close', () => resolve(undefined));
    });
    const answer = await Promise.race([terminal.question(question), ended]);
    if (answer === undefined) return undefined;
    const word = answer.trim().toLowerCase();
    return word === '' ? otherwise : word.startsWith('y');
  } finally {
    terminal.close();
  }
}
