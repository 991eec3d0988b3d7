import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import type { Dict, Logger } from '@brine/common';
import type { CommandResult, Host } from '../../kit/host.ts';
import type { GrainModule } from './find-grain-modules.ts';
import { javascriptRunner } from './javascript-runner.ts';
import { pythonRunner, pythonStart } from './python-runner.ts';
import { readRunnerOutput, type RunnerReport } from './runner-report.ts';
import { toWireJson } from './runner-values.ts';

/** What modules of grains run with. */
export interface GrainModuleSurroundings {
  readonly host: Pick<Host, 'run' | 'which'>;
  readonly log: Logger;
  /** The minion's configuration. */
  readonly options: Dict;
  readonly signal: AbortSignal;
  /** How long one module may take. */
  readonly timeoutMilliseconds: number;
}

const printedLimit = 500;

/**
 * Runs a module in a process of its own and answers what each of its functions gave, in their order. Whatever goes wrong
 * with it is logged with its file; what it had told by then counts.
 */
export async function runGrainModule(
  module: GrainModule,
  grains: Dict,
  surroundings: GrainModuleSurroundings,
): Promise<readonly Dict[]> {
  const { host, signal, timeoutMilliseconds } = surroundings;
  const log = surroundings.log.child({ file: module.file });
  const mark = `${randomUUID()} `;
  const start = await startOf(module, mark, { grains, options: surroundings.options, host });
  if (start === undefined) {
    log.warn('module of grains is not run, for this machine has no python3');
    return [];
  }
  const result = await host.run({
    ...start,
    ...{ workingDirectory: '/', timeout: timeoutMilliseconds, answersTimeout: true, signal },
  });
  const { reports, printed } = readRunnerOutput(result.stdout, mark);
  for (const report of reports) logReport(report, log);
  tellPrinted(printed, result, log);
  tellEnd(reports, result, { log, timeoutMilliseconds });
  return reports.flatMap((report) => (report.kind === 'grains' ? [report.grains] : []));
}

interface Start {
  readonly command: readonly string[];
  readonly input: string;
}

interface StartWith {
  readonly grains: Dict;
  readonly options: Dict;
  readonly host: Pick<Host, 'which'>;
}

async function startOf(
  { name, file, language, isPackage }: GrainModule,
  mark: string,
  { grains, options, host }: StartWith,
): Promise<Start | undefined> {
  const folder = posix.dirname(file);
  const job = {
    mark,
    name,
    file,
    folder,
    package: isPackage,
    grains: toWireJson(grains),
    options: toWireJson(options),
  };
  if (language === 'javascript') {
    const input = `const job = ${JSON.stringify(job)};\n${javascriptRunner}`;
    return { command: [process.execPath, '--input-type=module', '-'], input };
  }
  const python = await host.which('python3');
  if (python === undefined) return undefined;
  return { command: [python, '-I', '-c', pythonStart], input: JSON.stringify({ ...job, runner: pythonRunner }) };
}

function logReport(report: RunnerReport, log: Logger): void {
  switch (report.kind) {
    case 'failed': {
      const { kind: _, message, ...place } = report;
      log.error('module of grains failed', { ...place, problem: message });
      return;
    }
    case 'skipped':
      log.debug('module of grains is not for this machine', { reason: report.message });
      return;
    case 'log':
      log[report.level]('module of grains says', { line: report.line, text: report.message });
      return;
    case 'calls':
    case 'grains':
    case 'done':
  }
}

function tellPrinted(printed: string, { stderr }: CommandResult, log: Logger): void {
  const texts = [printed, stderr.trim()].filter((text) => text !== '');
  if (texts.length === 0) return;
  const text = texts.join('\n');
  log.warn('module of grains printed something', {
    text: text.length > printedLimit ? `${text.slice(0, printedLimit)}…` : text,
  });
}

function tellEnd(
  reports: readonly RunnerReport[],
  { timedOut, exitCode }: CommandResult,
  { log, timeoutMilliseconds }: { readonly log: Logger; readonly timeoutMilliseconds: number },
): void {
  if (reports.some(({ kind }) => kind === 'done')) return;
  const last = reports.findLast((report) => report.kind === 'calls');
  const during = last === undefined ? {} : { function: last.function };
  if (timedOut) log.error('module of grains took too long and was ended', { ...during, timeoutMilliseconds });
  else log.error('module of grains ended its process', { ...during, exitCode });
}
