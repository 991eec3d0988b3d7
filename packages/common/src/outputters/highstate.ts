import { pythonStr } from '../python-repr.ts';
import { isDict, isInteger, type Dict, type Value } from '../value.ts';
import { createPaint, type Colors, type Paint } from './colors.ts';
import { changedCount, compressIds } from './compress-ids.ts';
import { showStep, type StepStyle } from './highstate-step.ts';
import { summarize } from './highstate-summary.ts';
import { createHighstateSettings } from './highstate-settings.ts';
import type { OutputOptions } from './output-options.ts';
import { prettyPrint } from './pretty-print.ts';
import { inOrder, readStateResults } from './state-result.ts';
import { splitLines } from './split-lines.ts';
import { UnsuitableAnswer } from './unsuitable.ts';

/** The `highstate` outputter: for each minion its steps with what they changed, and a summary. */
export function renderHighstate(value: Value, options: OutputOptions): string {
  const answers = unwrap(value);
  if (typeof answers === 'string') return answers;
  if (answers === null) return 'None';
  if (!isDict(answers)) throw new UnsuitableAnswer();
  const shown = isOrchestration(answers) ? new Map([...answers].filter(([key]) => key !== 'retcode')) : answers;
  return [...shown].map(([minion, answer]) => renderMinion(pythonStr(minion), answer, options)).join('\n');
}

/** Takes answers out of the envelopes of runners and of looked-up jobs. */
function unwrap(value: Value): Value {
  let answers = value;
  for (const envelope of ['return', 'data']) {
    if (isDict(answers) && answers.has(envelope)) answers = answers.get(envelope) ?? null;
  }
  if (!isDict(answers) || answers.size !== 1) return answers;
  const [only] = answers.values();
  if (!isDict(only) || !only.has('jid') || !only.has('fun')) return answers;
  const returned = only.get('return');
  return isDict(returned) ? (returned.get('data') ?? answers) : answers;
}

/** What `state.orchestrate` answers has a retcode beside the one master. */
function isOrchestration(answers: Dict): boolean {
  const masters = [...answers.keys()].filter((key) => pythonStr(key).endsWith('_master'));
  return answers.has('retcode') && masters.length === 1;
}

function renderMinion(minion: string, answer: Value, options: OutputOptions): string {
  const paint = createPaint(options);
  const { lines, color } = bodyOf(minion, answer, { options, ...paint });
  return [`${color}${paint.clean(minion)}:${paint.colors.end}`, ...lines].join('\n');
}

interface Body {
  readonly lines: readonly string[];
  /** Of the minion's name. */
  readonly color: string;
}

interface Rendering extends Paint {
  readonly options: OutputOptions;
}

function bodyOf(minion: string, answer: Value, rendering: Rendering): Body {
  const { colors, clean } = rendering;
  if (isDict(answer)) return stepsOf(minion, answer, rendering);
  if (Array.isArray(answer)) {
    const color = colors.lightRed;
    const errors = answer.map((error) => `${color}----------\n    ${clean(pythonStr(error))}${colors.end}`);
    return { lines: [`    ${color}Data failed to compile:${colors.end}`, ...errors], color };
  }
  if (typeof answer !== 'string' && typeof answer !== 'boolean' && !isInteger(answer)) {
    return { lines: [], color: colors.green };
  }
  const texts = typeof answer === 'string' ? splitLines(answer) : [pythonStr(answer)];
  return { lines: texts.map((text) => `${colors.green}    ${clean(text)}${colors.end}`), color: colors.cyan };
}

function stepsOf(minion: string, answer: Dict, { options, colors }: Rendering): Body {
  const settings = createHighstateSettings(options.settings);
  const steps = readStateResults(answer);
  const complaints = [...answer].flatMap(([tag, step]) => (tag !== 'changes' && isDict(step) ? complaintOf(step) : []));
  const results = inOrder(settings.compressesIds ? compressIds(steps) : steps);
  const renderRun = (answers: Value): string => renderHighstate(answers, options);
  const style: StepStyle = { settings, colors, options, renderRun };
  const lines = results.flatMap((result) => showStep(result, style));
  const changed = results.reduce((sum, result) => sum + changedCount(result), 0);
  const pillarVersion = options.pillarVersions?.get(minion);
  return {
    lines: [...complaints, ...lines, ...summarize({ minion, results, changed, settings, colors, pillarVersion })],
    color: colorOfMinion(results, colors),
  };
}

/** A member of an answer that does not say when it ran is no step; Salt's words, which people search for. */
function complaintOf(step: Dict): readonly string[] {
  if (step.size === 0 || step.has('__run_num__')) return [];
  const message =
    'The State execution failed to record the order in which all states were executed. ' +
    'The state return missing data is:';
  return [message, prettyPrint(step)];
}

/** The last step that failed or would change something decides, as in Salt. */
function colorOfMinion(results: readonly { readonly result: boolean | null }[], colors: Colors): string {
  const last = results.findLast(({ result }) => result !== true);
  if (last === undefined) return colors.green;
  return last.result === false ? colors.red : colors.lightYellow;
}
