import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { AppError, isAppError } from '../app-error.ts';
import { updateDict } from '../merge-values.ts';
import type { Problem } from '../problem.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import { loadYaml } from '../yaml/load-yaml.ts';
import { expandPath } from './expand-paths.ts';
import { configProblem, type KeyOrigin } from './config-problem.ts';

/** What stands in a configuration's files. */
export interface ConfigFiles {
  /** All keys; those of later files replace those of earlier ones. */
  readonly values: Dict;
  /** Where each key was set. */
  readonly origins: ReadonlyMap<Value, KeyOrigin>;
  /** The files read, in order. */
  readonly files: readonly string[];
  readonly problems: readonly Problem[];
}

/** Which files are read. */
export interface ConfigFilesRequest {
  readonly kind: 'master' | 'minion';
  readonly configDir: string;
  /** Whether the main file has to be there. */
  readonly isRequired: boolean;
}

/**
 * Reads the main file, then what `default_include` and `include` name, each group in sorted order. As in Salt, the
 * included files are merged with each other, and each key they set replaces that of the main file.
 */
export function readConfigFiles({ kind, configDir, isRequired }: ConfigFilesRequest): ConfigFiles {
  const collected: Collected = { values: new Map(), origins: new Map(), files: [], problems: [] };
  const main = join(configDir, kind);
  if (isFile(main)) readInto(collected, main);
  else if (isRequired)
    throw new AppError({ code: 'config-missing', message: `there is no configuration file ${main}` });
  const standard = collected.values.get('default_include') ?? `${kind}.d/*.conf`;
  const include = collected.values.get('include') ?? [];
  for (const patterns of [[standard], Array.isArray(include) ? include : [include]]) {
    const included: Collected = { values: new Map(), origins: collected.origins, files: [], problems: [] };
    for (const file of includedFiles(configDir, patterns)) readInto(included, file);
    for (const [key, value] of included.values) collected.values.set(key, value);
    collected.files.push(...included.files);
    collected.problems.push(...included.problems);
  }
  return collected;
}

interface Collected {
  readonly values: Dict;
  readonly origins: Map<Value, KeyOrigin>;
  readonly files: string[];
  readonly problems: Problem[];
}

function includedFiles(configDir: string, patterns: readonly Value[]): string[] {
  return patterns
    .filter((pattern) => typeof pattern === 'string')
    .flatMap((pattern) => expandPath(resolve(configDir, pattern)))
    .filter((file) => isFile(file) && !basename(file).startsWith('_schedule'));
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function readInto(collected: Collected, file: string): void {
  const text = readText(file);
  collected.files.push(file);
  try {
    const document = loadYaml(text, { file });
    if (document.value === null) return;
    if (!isDict(document.value)) throw notMapping(file);
    const lines = text.split(/\r\n|\n|\r/);
    for (const key of document.value.keys()) {
      const span = document.positionOf(document.value, key) ?? { file, line: 1 };
      collected.origins.set(key, { span, quotedLine: lines[span.line - 1] ?? '' });
    }
    updateDict(collected.values, document.value);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    collected.problems.push(...caught.problems);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new AppError({ code: 'config-unreadable', message: `cannot read the configuration: ${reason}`, cause });
  }
}

function notMapping(file: string): AppError {
  const summary = 'a configuration file is a mapping of keys to values';
  const problem = configProblem(
    { severity: 'error', code: 'config-value-invalid', summary },
    { span: { file, line: 1 }, quotedLine: '' },
  );
  return new AppError({ code: 'config-invalid', message: `${summary} (${file})`, problems: [problem] });
}
