import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { cliError } from '../errors.ts';

/** Asks for words one after another; on a terminal, secret ones are not shown. Throws `unanswered`. */
export async function askWords(
  questions: readonly { readonly question: string; readonly isSecret: boolean }[],
): Promise<readonly string[]> {
  let isSilent = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isSilent) process.stderr.write(chunk);
      done();
    },
  });
  const isTerminal = process.stdin.isTTY;
  const terminal = createInterface({ input: process.stdin, output, terminal: isTerminal });
  const lines = terminal[Symbol.asyncIterator]();
  const answers: string[] = [];
  try {
    for (const { question, isSecret } of questions) {
      process.stderr.write(question);
      isSilent = isSecret;
      const { value, done } = (await lines.next()) as IteratorResult<string, undefined>;
      isSilent = false;
      if (isSecret && isTerminal) process.stderr.write('\n');
      if (done === true) throw cliError('unanswered', 'nobody was there to log in');
      answers.push(value);
    }
    return answers;
  } finally {
    terminal.close();
  }
}
