import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import type { Colors } from './colors.ts';
import { formatFields } from './format-fields.ts';
import type { HighstateSettings } from './highstate-settings.ts';
import { renderNested } from './nested.ts';
import type { OutputOptions } from './output-options.ts';
import { wrapWords } from './wrap-words.ts';
import { hasChanges, isOrchestration, nestedRun, type StateResult } from './state-result.ts';

/** How steps are shown. */
export interface StepStyle {
  readonly settings: HighstateSettings;
  readonly colors: Colors;
  readonly options: OutputOptions;
  /** Shows the state run of another minion that is the change of a step, as in orchestration. */
  readonly renderRun: (answers: Value) => string;
}

/** Whether a step is shown with everything, not on one line and not left out. */
export function isShownInFull(result: StateResult, settings: HighstateSettings): boolean {
  return !isLeftOut(result, settings) && formOf(result, result.isChanged, settings) === 'full';
}

function isLeftOut({ result, isChanged }: StateResult, settings: HighstateSettings): boolean {
  return result === true && !isChanged && (settings.showsOnlyChanges || !settings.isVerbose);
}

/** The lines that show one step; none when the settings leave it out. */
export function showStep(result: StateResult, style: StepStyle): readonly string[] {
  const { settings } = style;
  const { isChanged } = result;
  if (isLeftOut(result, settings)) return [];
  const shown = settings.showsIds ? { ...result, name: result.id } : result;
  switch (formOf(shown, isChanged, settings)) {
    case 'none':
      return [];
    case 'terse':
      return [terseLine(shown, style)];
    case 'full':
      return fullLines(shown, style);
  }
}

function formOf(
  { result }: StateResult,
  isChanged: boolean,
  { form, terse, excluded }: HighstateSettings,
): 'none' | 'terse' | 'full' {
  switch (form) {
    case 'terse':
      return 'terse';
    case 'mixed':
      return result === false ? 'full' : 'terse';
    case 'changes':
      return result === true && !isChanged ? 'terse' : 'full';
    case 'filter':
      if (terse.includes(pythonStr(result))) return 'terse';
      return excluded.includes(pythonStr(result)) ? 'none' : 'full';
    default:
      return 'full';
  }
}

function colorOf(result: StateResult, colors: Colors): string {
  if (result.result === false) return colors.red;
  if (result.result === null) return colors.lightYellow;
  return result.isChanged ? colors.cyan : colors.green;
}

function terseLine(result: StateResult, { settings, colors }: StepStyle): string {
  const { step, name, module, fun } = result;
  const color = colorOf(result, colors);
  const word = wordFor(result);
  const start = step.get('start_time');
  const hasTimes = settings.showsTimes && start !== undefined;
  const duration = pythonStr(step.get('duration') ?? null);
  const warnings = warningsOf(step);
  if (typeof settings.tabular === 'string') {
    return formatFields(settings.tabular, [color, name, module, fun, word, colors.end, step]);
  }
  if (settings.tabular) {
    const times = hasTimes ? `${pythonStr(start)} [${duration.padStart(7)} ms] ` : '';
    const before = warnings === undefined ? '' : `${colors.lightRed}Warnings:\n${warnings}${colors.end}\n`;
    return `${before}${color}${times}${module.padStart(10)}.${fun.padEnd(10)} ${word.padEnd(7)}   Name: ${name}${colors.end}`;
  }
  const before = warnings === undefined ? '' : `${colors.lightRed}Warnings:\n${warnings}${colors.end}`;
  const times = hasTimes ? ` - Started: ${pythonStr(start)} - Duration: ${duration} ms` : '';
  return `${before} ${color} Name: ${name} - Function: ${module}.${fun} - Result: ${word}${times}${colors.end}`;
}

function wordFor(result: StateResult): string {
  if (result.result === false) return 'Failed';
  if (result.result === null) return 'Differs';
  return hasChanges(result) ? 'Changed' : 'Clean';
}

function fullLines(result: StateResult, style: StepStyle): readonly string[] {
  const { colors } = style;
  const color = colorOf(result, colors);
  const field = (label: string, text: string): string => `    ${color}${label.padStart(8)}: ${text}${colors.end}`;
  const lines = [
    `${color}----------${colors.end}`,
    field('ID', result.id),
    field('Function', `${result.module}.${result.fun}`),
    ...(result.id === result.name ? [] : [field('Name', result.name)]),
    field('Result', pythonStr(result.result)),
    field('Comment', commentOf(result)),
    ...timeFields(result, style).map(([label, text]) => field(label, text)),
    `${color}     Changes:   ${changesText(result, style)}${colors.end}`,
  ];
  const warnings = warningsOf(result.step);
  if (warnings === undefined) return lines;
  return [...lines, `   ${colors.lightRed} Warnings: ${wrapWords(warnings, 80, 14).trimStart()}${colors.end}`];
}

/** When it ran and, where it failed, which line of which file asked for it. */
function timeFields({ step, result }: StateResult, { settings }: StepStyle): readonly (readonly [string, string])[] {
  const start = step.get('start_time');
  if (!settings.showsTimes || start === undefined) return [];
  const file = step.get('__sls_file__');
  const line = step.get('__sls_line__');
  const hasSource = result === false && typeof file === 'string';
  return [
    ['Started', pythonStr(start)],
    ['Duration', durationText(step)],
    ...(hasSource ? [['Source', line === undefined ? file : `${file}:${pythonStr(line)}`] as const] : []),
  ];
}

function durationText(step: Dict): string {
  const duration = step.get('duration');
  return duration === undefined || duration === '' ? '' : `${pythonStr(duration)} ms`;
}

function commentOf({ step }: StateResult): string {
  const comment = step.get('comment');
  const indented = (comment === undefined ? '' : pythonStr(comment)).trim().replaceAll('\n', `\n${' '.repeat(14)}`);
  const extra = step.get('data');
  if (extra === undefined) return indented;
  if (Array.isArray(extra)) return [indented, ...extra.map(pythonStr)].join(' ');
  if (!isDict(extra)) return `${indented} ${pythonStr(extra)}`;
  return [indented, ...[...extra].map(([key, value]) => `${pythonStr(key)}: ${pythonStr(value)}`)].join('\n\t\t');
}

function changesText(result: StateResult, { options, renderRun }: StepStyle): string {
  const { changes } = result;
  if (isOrchestration(result.step)) {
    return indentLines(`\n${renderRun(changes)}`);
  }
  if (!hasChanges(result)) return '';
  if (!isDict(changes)) return `Invalid Changes data: ${pythonStr(changes)}`;
  const inner = nestedRun(changes);
  if (inner !== undefined) return `\n${indentLines(renderRun(inner))}`;
  return `\n${renderNested(changes, { ...options, retcode: 0 }, 14).trimEnd()}`;
}

function indentLines(text: string): string {
  return text
    .split('\n')
    .map((line) => ' '.repeat(14) + line)
    .join('\n');
}

/** `undefined` when the step does not speak of any: a list without members is shown too, as in Salt. */
function warningsOf(step: Dict): string | undefined {
  const warnings = step.get('warnings');
  return Array.isArray(warnings) ? warnings.map(pythonStr).join('\n') : undefined;
}
