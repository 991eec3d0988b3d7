import { AppError } from '../app-error.ts';
import type { CommonErrorCode } from '../errors.ts';
import { problemAt, type YamlSource } from './yaml-source.ts';

/** What is wrong with a YAML text, and where. */
export interface YamlFinding {
  readonly code: Extract<CommonErrorCode, `yaml-${string}`>;
  readonly offset: number;
  readonly summary: string;
  readonly help?: string | undefined;
}

/** The error for one finding; its message names file, line and column, its problem quotes the line. */
export function yamlError(source: YamlSource, finding: YamlFinding): AppError {
  const problem = problemAt(source, finding.offset, finding);
  const { file, line, column } = problem.span ?? { file: '<yaml>', line: 1 };
  const message = `${finding.summary} (${file}, line ${line}, column ${column ?? 1})`;
  return new AppError({ code: finding.code, message, problems: [problem] });
}
