import { toFixedDecimals } from '../float-digits.ts';
import { formatFloat } from '../format-float.ts';
import type { Colors } from './colors.ts';
import type { HighstateSettings } from './highstate-settings.ts';
import { isShownInFull } from './highstate-step.ts';
import { durationOf, type StateResult } from './state-result.ts';

/** What is summed up. */
export interface SummaryInput {
  readonly minion: string;
  readonly results: readonly StateResult[];
  /** How many steps changed something. */
  readonly changed: number;
  readonly settings: HighstateSettings;
  readonly colors: Colors;
  readonly pillarVersion: string | undefined;
}

interface Counts {
  readonly succeeded: number;
  readonly differing: number;
  readonly failed: number;
  readonly warnings: number;
  readonly total: number;
}

/** The summary below the steps of a minion. */
export function summarize(input: SummaryInput): readonly string[] {
  const { minion, changed, settings, colors, pillarVersion } = input;
  const counts = count(input);
  const width = widthOf(counts);
  const rule = '-'.repeat(width);
  const row = (label: string, text: string): string => `${label}: ${text.padStart(width - label.length - 2)}`;
  const paint = (color: string, text: string): string => `${color}${text}${colors.end}`;
  const failColor = counts.failed > 0 ? colors.red : colors.cyan;
  const shares = settings.showsShares && counts.total > 0;
  return [
    paint(colors.cyan, `\nSummary for ${minion}\n${rule}`),
    paint(colors.green, row('Succeeded', String(counts.succeeded + counts.differing))) +
      details(counts, changed, colors),
    paint(failColor, row('Failed', String(counts.failed))),
    ...(shares
      ? [paint(colors.green, row('Success %', share(counts.succeeded + counts.differing, counts.total)))]
      : []),
    ...(shares ? [paint(failColor, row('Failure %', share(counts.failed, counts.total)))] : []),
    ...(counts.warnings > 0 ? [paint(colors.lightRed, row('Warnings', String(counts.warnings)))] : []),
    paint(colors.cyan, `${rule}\nTotal states run: ${String(counts.total).padStart(width - 7)}`),
    ...(settings.showsTimes ? [paint(colors.cyan, runTime(input.results, width))] : []),
    ...(pillarVersion === undefined ? [] : [paint(colors.cyan, `Pillar version: ${pillarVersion}`)]),
  ];
}

function count({ results, settings }: SummaryInput): Counts {
  const sum = (wanted: boolean | null): number =>
    results.filter(({ result }) => result === wanted).reduce((total, result) => total + result.count, 0);
  const [succeeded, differing, failed] = [sum(true), sum(null), sum(false)];
  // As in Salt: on one line their number is not counted.
  const warnings = results.filter((result) => result.step.has('warnings') && isShownInFull(result, settings)).length;
  return { succeeded, differing, failed, warnings, total: succeeded + differing + failed };
}

/** Room for the longest label (`Succeeded`), `: ` and the longest single count. */
function widthOf({ succeeded, differing, failed, warnings }: Counts): number {
  const present = [succeeded, differing, failed, warnings].filter((number) => number > 0);
  const digits = Math.max(0, ...present.map((number) => String(number).length));
  return 'Succeeded'.length + 2 + digits;
}

function details({ differing }: Counts, changed: number, colors: Colors): string {
  const parts = [
    ...(differing > 0 ? [`${colors.lightYellow}unchanged=${differing}${colors.end}`] : []),
    ...(changed > 0 ? [`${colors.green}changed=${changed}${colors.end}`] : []),
  ];
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

/** Percent as Python prints a rounded float: `66.67`, `100.0`. */
function share(part: number, total: number): string {
  return formatFloat(Number(toFixedDecimals((part / total) * 100, 2)));
}

function runTime(results: readonly StateResult[], width: number): string {
  const isParallel = ({ step }: StateResult): boolean => step.has('__parallel__');
  const inTurn = results.filter((result) => !isParallel(result)).reduce((sum, result) => sum + durationOf(result), 0);
  const longest = Math.max(0, ...results.filter(isParallel).map(durationOf));
  const milliseconds = inTurn + longest;
  const [number, unit] = milliseconds > 999 ? [milliseconds / 1000, 's'] : [milliseconds, 'ms'];
  return `Total run time: ${toFixedDecimals(number, 3).padStart(width - 5)} ${unit}`;
}
