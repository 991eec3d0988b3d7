import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { createColors, withoutEscapes, type Colors } from './colors.ts';
import { changedCount, compressIds } from './compress-ids.ts';
import { showStep, type StepStyle } from './highstate-step.ts';
import { summarize } from './highstate-summary.ts';
import { createHighstateSettings } from './highstate-settings.ts';
import type { OutputOptions } from './output-options.ts';
import { readStateResults } from './state-result.ts';
import { splitLines } from './split-lines.ts';

/** The `highstate` outputter: for each minion its steps with what they changed, and a summary. */
export function renderHighstate(value: Value, options: OutputOptions): string {
  const answers = unwrap(value);
  if (!isDict(answers)) return pythonStr(answers);
  return [...answers].map(([minion, answer]) => renderMinion(pythonStr(minion), answer, options)).join('\n');
}

/** Takes answers out of the envelopes of runners and of looked-up jobs. */
function unwrap(value: Value): Value {
  let answers = value;
  for (const envelope of ['return', 'data']) {
    if (isDict(answers) && answers.has(envelope)) answers = answers.get(envelope) ?? null;
  }
  return answers;
}

function renderMinion(minion: string, answer: Value, options: OutputOptions): string {
  const colors = createColors(options.color);
  const { lines, color } = bodyOf(minion, answer, { options, colors });
  return [`${color}${withoutEscapes(minion)}:${colors.end}`, ...lines].join('\n');
}

interface Body {
  readonly lines: readonly string[];
  /** Of the minion's name. */
  readonly color: string;
}

interface Rendering {
  readonly options: OutputOptions;
  readonly colors: Colors;
}

function bodyOf(minion: string, answer: Value, rendering: Rendering): Body {
  const { colors } = rendering;
  if (isDict(answer)) return stepsOf(minion, answer, rendering);
  if (Array.isArray(answer)) {
    const color = colors.lightRed;
    const errors = answer.map((error) => `${color}----------\n    ${withoutEscapes(pythonStr(error))}${colors.end}`);
    return { lines: [`    ${color}Data failed to compile:${colors.end}`, ...errors], color };
  }
  const texts = typeof answer === 'string' ? splitLines(answer) : [pythonStr(answer)];
  return { lines: texts.map((text) => `${colors.green}    ${withoutEscapes(text)}${colors.end}`), color: colors.cyan };
}

function stepsOf(minion: string, answer: Dict, { options, colors }: Rendering): Body {
  const settings = createHighstateSettings(options.settings);
  const steps = readStateResults(answer);
  const results = settings.compressesIds ? compressIds(steps) : steps;
  const renderRun = (answers: Value): string => renderHighstate(answers, options);
  const style: StepStyle = { settings, colors, options, renderRun };
  const lines = results.flatMap((result) => showStep(result, style));
  const changed = results.reduce((sum, result) => sum + changedCount(result), 0);
  return {
    lines: [...lines, ...summarize({ minion, results, changed, settings, colors })],
    color: colorOfMinion(results, colors),
  };
}

/** The last step that failed or would change something decides, as in Salt. */
function colorOfMinion(results: readonly { readonly result: boolean | null }[], colors: Colors): string {
  const last = results.findLast(({ result }) => result !== true);
  if (last === undefined) return colors.green;
  return last.result === false ? colors.red : colors.lightYellow;
}
