import { AppError, dumpYaml, isDict, loadYaml, type Dict } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';

/** The grains file's content; an empty dict when there is none. */
export async function readGrainsFile(context: FunctionContext): Promise<Dict> {
  const { file } = context.grainsSource;
  const text = await readText(context.host, file);
  if (text === undefined) return new Map();
  try {
    const { value } = loadYaml(text, { file });
    return isDict(value) ? value : new Map();
  } catch (error) {
    const reason = error instanceof AppError ? error.message : String(error);
    throw failure(`Unable to read existing grains file: ${reason}`, error);
  }
}

/**
 * Writes grains into the grains file and into the grains of this run, and has the rest collected anew where a
 * master listens. With `destructive`, null removes a grain.
 */
export async function storeGrains(context: FunctionContext, grains: Dict, destructive: boolean): Promise<void> {
  const stored = await readGrainsFile(context);
  for (const [name, value] of grains) {
    for (const target of [stored, context.grains]) {
      if (value === null && destructive) target.delete(name);
      else target.set(name, value);
    }
  }
  await writeText(context.host, context.grainsSource.file, dumpYaml(stored));
  if (context.options.get('local') !== true) await context.grainsSource.refresh();
}
