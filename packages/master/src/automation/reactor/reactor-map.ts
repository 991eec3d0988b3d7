import { readFileSync } from 'node:fs';
import { AppError, loadYaml, type Value } from '@brine/common';

/**
 * The rules that the `reactor` of a configuration means: itself when it is a list, else what the YAML file it names has. The
 * file is read anew with the configuration. Throws `reactor-invalid`.
 */
export function readReactorMap(configured: Value | undefined): readonly Value[] {
  if (configured === undefined || configured === null || configured === '') return [];
  if (typeof configured !== 'string') return Array.isArray(configured) ? configured : [];
  const { value } = readYaml(configured);
  if (value === null) return [];
  if (!Array.isArray(value)) throw invalid(`the file ${configured} of 'reactor' is not a list of tags with reactions`);
  return value;
}

function readYaml(file: string): { readonly value: Value } {
  try {
    return loadYaml(readFileSync(file, 'utf8'), { file });
  } catch (cause) {
    throw invalid(`'reactor' cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
}

function invalid(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'reactor-invalid', message, cause });
}
