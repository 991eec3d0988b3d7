import { optional, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { failure } from '../failure.ts';

/** The argument of what packs and unpacks by which its paths are templates. */
export const pathTemplate = optional(text()).describe('Render the paths first, e.g. by `jinja`.');

/** Paths as their template makes them. Throws when one turns into an option, several lines or nothing. */
export async function renderPaths(
  engine: string | undefined,
  paths: readonly string[],
  { render }: Pick<FunctionContext, 'render'>,
): Promise<readonly string[]> {
  if (engine === undefined || engine === '') return paths;
  const rendered = await Promise.all(
    paths.map((path) => render({ text: path, file: '<path>', engine, context: new Map(), saltenv: 'base' })),
  );
  const bad = rendered.findIndex((path) => path === '' || /^-|[\n\r\0]/.test(path));
  if (bad >= 0) throw failure(`The template ${paths[bad]} does not make a path.`);
  return rendered;
}
