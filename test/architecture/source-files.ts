import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout, with a trailing slash. */
export const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** A TypeScript file of a package. */
export interface SourceFile {
  /** Path relative to the checkout. */
  readonly path: string;
  readonly packageName: string;
  readonly text: string;
  readonly isTest: boolean;
}

/** Every TypeScript file below `packages/*\/src`. */
export function readSourceFiles(): readonly SourceFile[] {
  return readdirSync(join(checkout, 'packages')).flatMap((packageName) =>
    filesBelow(join(checkout, 'packages', packageName, 'src'))
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({
        path: relative(checkout, path),
        packageName,
        text: readFileSync(path, 'utf8'),
        isTest: path.endsWith('.test.ts'),
      })),
  );
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** The module names that a file imports, exports from or loads on demand. */
export function importsOf(text: string): readonly string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  );
  return [...statements].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}
