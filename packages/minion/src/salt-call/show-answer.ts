import {
  outputterProblem,
  pythonStr,
  readColorTheme,
  renderOutput,
  type Dict,
  type OutputOptions,
} from '@brine/common';
import { writeOutputFile } from '../store/output-file-store.ts';
import type { OutputChoice } from './command-line.ts';
import type { Terminal } from './terminal.ts';

/** How an answer is shown. */
export interface AnswerView {
  /** What the function asks for when nobody else does. */
  readonly outputter: string | undefined;
  /** Whether keys below the top keep their order, as in what Salt reads from YAML. */
  readonly keepsOrder: boolean;
  readonly retcode: number;
  /** The pillar that a state run worked with. */
  readonly pillarVersion?: string | undefined;
  readonly choice: OutputChoice;
  /** The configuration, whose `output`, `color` and `state_*` keys count. */
  readonly options: Dict;
  readonly terminal: Terminal;
}

/** Prints an answer, or writes it to the file that the command line names. */
export async function showAnswer(answer: Dict, view: AnswerView): Promise<void> {
  const { options, terminal, retcode, keepsOrder } = view;
  const choice = withOutputFile(view);
  const { indent } = choice;
  const theme = options.get('color_theme');
  const chosen = outputterOf({ ...view, outputter: undefined });
  const problem = outputterProblem(chosen);
  if (problem !== undefined) terminal.error(`[WARNING ] ${problem}\n`);
  // Salt cuts what is blank at the end of any output.
  const text = renderOutput(outputterOf(view), answer, {
    settings: options,
    color: isColorful({ ...view, choice }),
    retcode,
    keepsOrder,
    ...(indent === undefined ? {} : { indent }),
    ...aboutPillar(view, choice),
    ...(typeof theme === 'string' && theme !== '' ? { theme: readColorTheme(theme) } : {}),
  }).trimEnd();
  if (choice.file !== undefined) await writeOutputFile(choice.file, text === '' ? '' : `${text}\n`, choice.append);
  else if (text !== '') await terminal.out(`${text}\n`);
}

/** People read it; programs that read the output of state runs as text get what they get from Salt. */
function aboutPillar(
  { pillarVersion, terminal }: AnswerView,
  { file }: OutputChoice,
): Pick<OutputOptions, 'pillarVersions'> {
  if (pillarVersion === undefined || !terminal.isInteractive || file !== undefined) return {};
  return { pillarVersions: new Map([['local', pillarVersion]]) };
}

/** The file that the configuration names is always appended to. */
function withOutputFile({ choice, options }: AnswerView): OutputChoice {
  const file = options.get('output_file');
  if (choice.file !== undefined || typeof file !== 'string' || file === '') return choice;
  return { ...choice, file, append: true };
}

function outputterOf({ choice, options, outputter }: AnswerView): string {
  const configured = options.get('output');
  if (choice.outputter !== undefined) return choice.outputter;
  if (typeof configured === 'string' && configured !== '') return pythonStr(configured);
  return outputter ?? 'nested';
}

function isColorful({ choice, options, terminal }: AnswerView): boolean {
  if (choice.color !== undefined) return choice.color;
  if (choice.file !== undefined || !terminal.isInteractive) return false;
  return options.get('color') !== false && (process.env['NO_COLOR'] ?? '') === '';
}
