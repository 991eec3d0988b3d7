import { readdirSync, readFileSync } from 'node:fs';
import { toValue, type Dict, type Problem, type SourceSpan } from '@brine/common';
import {
  compilePillar,
  compileStates,
  createFileRoots,
  createInlineTemplateEngine,
  createRenderer,
  loadHighData,
  type FileRoots,
  type Renderer,
} from '@brine/sls';
import { createMemoryTree } from '@brine/testkit';
import { describe, expect, it } from 'vitest';
import { readMistakes, type Mistake } from './mistake.ts';

const folder = new URL('mistakes/', import.meta.url);
const grains = toValue({ id: 'web1', os_family: 'Debian' }) as Dict;
const pillar = toValue({ site: { name: 'www', port: 80 }, users: ['ann', 'bob'] }) as Dict;
const options: Dict = new Map();

const functions: ReadonlyMap<string, () => null> = new Map([
  ['test.echo', () => null],
  ['pillar.get', () => null],
  [
    'test.fail',
    () => {
      throw new Error('the function fails');
    },
  ],
]);

function open({ files }: Mistake): { roots: FileRoots; renderer: Renderer } {
  const entries = Array.from(files, ([file, text]) => [`/srv/${file}`, text]);
  const disk = createMemoryTree(Object.fromEntries(entries) as Record<string, string>);
  const templates = createInlineTemplateEngine({
    readTemplate(file) {
      const text = files.get(file);
      return text === undefined ? undefined : { text, file };
    },
    has: (name) => functions.has(name) || name === 'grains.filter_by',
    call: (name, [first]) =>
      name === 'grains.filter_by' ? ((first as Dict).get('Debian') ?? null) : (functions.get(name)?.() ?? null),
    log: () => {},
  });
  return {
    roots: createFileRoots({ roots: new Map([['base', ['/srv']]]), disk }),
    renderer: createRenderer({ templates }),
  };
}

async function problemsOf(mistake: Mistake): Promise<readonly Problem[]> {
  const { roots: files, renderer } = open(mistake);
  if (mistake.kind === 'pillar') {
    return (await compilePillar({ minionId: 'web1', grains, options, files, renderer })).problems;
  }
  const context = { grains, pillar, options };
  const source = { files, renderer, context, autoOrder: true };
  return compileStates(await loadHighData(new Map([['base', ['web']]]), source)).problems;
}

/** Where the first error is said to be; the column only where one is expected. */
async function reportedPlace(mistake: Mistake): Promise<SourceSpan | undefined> {
  const problems = await problemsOf(mistake);
  const span = problems.find(({ severity }) => severity === 'error')?.span;
  if (span === undefined) return undefined;
  const { file, line, column } = span;
  return mistake.place.column === undefined || column === undefined ? { file, line } : { file, line, column };
}

const groups = readdirSync(folder).map((name) => ({
  name,
  mistakes: readMistakes(readFileSync(new URL(name, folder), 'utf8'), name),
}));

describe.each(groups)('the mistakes of $name', ({ mistakes }) => {
  it.each(mistakes)('$title is reported where it is', async (mistake) => {
    expect(await reportedPlace(mistake)).toEqual(mistake.place);
  });
});

describe('all mistakes together', () => {
  it('are many, and none is reported in another file', async () => {
    const mistakes = groups.flatMap((group) => group.mistakes);
    const found = await Promise.all(
      mistakes.map(async (mistake) => ({ place: mistake.place, found: await reportedPlace(mistake) })),
    );
    const inFile = found.filter((one) => one.found?.file === one.place.file).length;
    const inLine = found.filter((one) => one.found?.file === one.place.file && one.found.line === one.place.line);
    const [fileShare, lineShare] = [inFile / found.length, inLine.length / found.length];
    console.info(
      `${found.length} mistakes: ${(fileShare * 100).toFixed(1)} % with the right file, ${(lineShare * 100).toFixed(1)} % with the right line`,
    );
    expect(found.length).toBeGreaterThanOrEqual(200);
    expect(fileShare).toBe(1);
    expect(lineShare).toBeGreaterThanOrEqual(0.95);
  });
});
