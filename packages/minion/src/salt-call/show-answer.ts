import { dumpJson, type Dict } from '@brine/common';
import { writeOutputFile } from '../store/output-file-store.ts';
import type { OutputChoice } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** How an answer is shown. */
export interface AnswerView {
  /** What the function asks for when nobody else does. */
  readonly outputter: string | undefined;
  readonly retcode: number;
  readonly choice: OutputChoice;
  readonly options: Dict;
  readonly terminal: Terminal;
}

/** Prints an answer, or writes it to the file that the command line names. */
export async function showAnswer(answer: Dict, view: AnswerView): Promise<void> {
  const { choice, terminal } = view;
  const text = `${dumpJson(answer, choice.indent === undefined ? { indent: 4 } : choice.indent < 0 ? {} : { indent: choice.indent })}\n`;
  if (choice.file === undefined) await terminal.out(text);
  else await writeOutputFile(choice.file, text, choice.append);
}
