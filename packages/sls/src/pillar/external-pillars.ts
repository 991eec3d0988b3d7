import { isDict, pythonStr, type Dict, type Problem, type Value } from '@brine/common';
import { errorAt, renderProblems } from '../top/top-problem.ts';
import type { ExternalPillar, ExternalPillarRequest } from './external-pillar.ts';
import type { PillarMerge } from './merge-pillar.ts';
import type { PillarLayer } from './pillar-layer.ts';
import type { PillarParts } from './render-pillar.ts';
import { helpForUnavailable } from './sources/unavailable-sources.ts';

/** What external pillars are asked with. */
export interface ExternalPillars {
  readonly minionId: string;
  readonly grains: Dict;
  readonly options: Dict;
  /** The kinds there are. */
  readonly external: readonly ExternalPillar[];
  readonly merge: PillarMerge;
  readonly compileFiles: ExternalPillarRequest['compileFiles'];
  readonly report: (problem: Problem) => void;
}

/** Asks the sources that `ext_pillar` lists, in order, each seeing and merged over what came before. */
export async function addExternalPillars(before: Dict, asked: ExternalPillars): Promise<PillarParts> {
  const { options, report, merge } = asked;
  const layers: PillarLayer[] = [];
  let pillar = before;
  for (const source of readSources(options, report)) {
    const parts = await askSource(pillar, source, asked);
    if (parts === undefined) continue;
    pillar = merge(pillar, parts.pillar);
    layers.push(...parts.layers);
  }
  return { pillar, layers };
}

/** What a source answered as one part. */
function joinAnswer(answer: Dict | readonly PillarParts[], name: string, merge: PillarMerge): PillarParts {
  if (isDict(answer)) {
    // No file of the tree says these: the source stands for the place.
    const layer: PillarLayer = {
      value: answer,
      prefix: [],
      positionOf: () => ({ file: `ext_pillar ${name}`, line: 1 }),
    };
    return { pillar: answer, layers: [layer] };
  }
  return answer.reduce<PillarParts>(
    (joined, { pillar, layers }) => ({
      pillar: merge(joined.pillar, pillar),
      layers: [...joined.layers, ...layers],
    }),
    { pillar: new Map(), layers: [] },
  );
}

interface Source {
  readonly name: string;
  readonly configuration: Value;
}

function readSources(options: Dict, report: (problem: Problem) => void): Source[] {
  const listed = options.get('ext_pillar') ?? null;
  if (listed === null) return [];
  const excluded = options.get('exclude_ext_pillar');
  const isExcluded = (name: Value): boolean => Array.isArray(excluded) && excluded.includes(name);
  if (!Array.isArray(listed) || !listed.every(isDict)) {
    report(errorAt('pillar-external', 'The "ext_pillar" option is malformed'));
    return [];
  }
  return listed
    .flatMap((entry) => [...entry])
    .filter(([name]) => !isExcluded(name))
    .map(([name, configuration]) => ({ name: pythonStr(name), configuration }));
}

async function askSource(pillar: Dict, source: Source, asked: ExternalPillars): Promise<PillarParts | undefined> {
  const { minionId, grains, options, external, report, merge, compileFiles } = asked;
  const { name, configuration } = source;
  const kind = external.find((one) => one.name === name);
  if (kind === undefined) {
    const help = helpForUnavailable(
      name,
      external.map((one) => one.name),
    );
    const summary = `Specified ext_pillar interface ${name} is unavailable`;
    report(errorAt('pillar-external-unknown', summary, undefined, help));
    return undefined;
  }
  try {
    const answer = await kind.load({ minionId, pillar, grains, options, configuration, compileFiles });
    return answer === undefined ? undefined : joinAnswer(answer, name, merge);
  } catch (error) {
    for (const problem of renderProblems(error, 'pillar-external', `Failed to load ext_pillar ${name}`))
      report(problem);
    return undefined;
  }
}
