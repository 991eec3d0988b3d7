import { isDict, type Dict } from '@brine/common';
import { z } from 'zod';
import { fromWireJson } from './runner-values.ts';

/** What a program that runs a module tells, a line of JSON each. */
const Report = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('calls'), function: z.string() }),
  z.object({ kind: z.literal('grains'), function: z.string(), value: z.unknown() }),
  z.object({
    kind: z.literal('failed'),
    function: z.string().optional(),
    line: z.number().optional(),
    message: z.string(),
  }),
  z.object({ kind: z.literal('skipped'), message: z.string() }),
  z.object({
    kind: z.literal('log'),
    level: z.enum(['debug', 'info', 'warn', 'error']),
    line: z.number(),
    message: z.string(),
  }),
  z.object({ kind: z.literal('done') }),
]);

/** One thing that a module did, or that became of it. */
export type RunnerReport = Exclude<z.infer<typeof Report>, { kind: 'grains' }> | GrainsReport;

interface GrainsReport {
  readonly kind: 'grains';
  readonly function: string;
  readonly grains: Dict;
}

/** What a program wrote: its reports, and whatever else came along. */
export interface RunnerOutput {
  readonly reports: readonly RunnerReport[];
  /** What the module printed, blanks around it cut off. */
  readonly printed: string;
}

/** Parts what a program wrote; its reports begin with `mark`, which nobody else knows. */
export function readRunnerOutput(stdout: string, mark: string): RunnerOutput {
  const reports: RunnerReport[] = [];
  const rest: string[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith(mark)) reports.push(readReport(line.slice(mark.length)));
    else if (line.trim() !== '') rest.push(line);
  }
  return { reports, printed: rest.join('\n').trim() };
}

function readReport(text: string): RunnerReport {
  try {
    const report = Report.parse(JSON.parse(text));
    if (report.kind !== 'grains') return report;
    const grains = fromWireJson(report.value);
    return isDict(grains) ? { kind: 'grains', function: report.function, grains } : unreadable;
  } catch {
    return unreadable;
  }
}

// More was written than is kept, or the module wrote where reports go.
const unreadable: RunnerReport = { kind: 'failed', message: 'what it told cannot be read' };
