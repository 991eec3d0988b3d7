import { isDict, type Dict, type Problem, type Value } from '@brine/common';
import type { TreeText } from '../file-roots/state-files.ts';
import { errorAt } from './error-at.ts';
import type { HighDataSource } from './high-loader.ts';
import type { LoadedHighData } from './load-high-data.ts';
import { renderProblems } from './load-sls.ts';
import { normalizeDeclarations } from './normalize-declarations.ts';
import { createOrigins } from './origins.ts';

/** Renders one text that stands alone (`state.template_str`): it belongs to no sls, and cannot include or extend. */
export async function loadTemplate(
  template: TreeText,
  saltenv: string,
  source: HighDataSource,
): Promise<LoadedHighData> {
  const origins = createOrigins();
  origins.noteText(template.file, template.text);
  const problems: Problem[] = [];
  const place = { sls: template.file, saltenv };
  try {
    const rendered = await source.renderer.render({ ...template, saltenv }, source.context);
    problems.push(...rendered.warnings);
    const { value } = rendered;
    if (value === null) return { high: new Map(), origins, problems, includes: [] };
    if (!isDict(value)) {
      problems.push(errorAt(undefined, 'sls-shape', `Template ${template.file} does not render to a dictionary`));
      return { high: new Map(), origins, problems, includes: [] };
    }
    for (const key of ['include', 'exclude', 'extend']) {
      if (!value.has(key)) continue;
      const summary = `The '${key}' declaration found on '${template.file}' is invalid when rendering single templates`;
      problems.push(errorAt(rendered.positionOf(value, key), 'sls-shape', summary));
      value.delete(key);
    }
    const positionOf = rendered.positionOf.bind(rendered);
    return {
      high: normalizeDeclarations(value, { ...place, isNamed: false, positionOf, origins, problems }),
      origins,
      problems,
      includes: [],
    };
  } catch (error) {
    problems.push(...renderProblems(error, place));
    return { high: new Map(), origins, problems, includes: [] };
  }
}

/** High data that was given as it is (`state.high`), brought into the form that files have. */
export function adoptHighData(given: Dict): LoadedHighData {
  const origins = createOrigins();
  const problems: Problem[] = [];
  const place = { sls: 'high data', saltenv: 'base', isNamed: false };
  const normalize = (declared: Dict): Dict =>
    normalizeDeclarations(declared, { ...place, positionOf: () => undefined, origins, problems });
  const own = new Set<Value>(['__extend__', '__exclude__']);
  const high = normalize(new Map([...given].filter(([key]) => !own.has(key))));
  // Those of `state.show_highstate`.
  const extend = given.get('__extend__');
  if (Array.isArray(extend)) high.set('__extend__', extend.filter(isDict).map(normalize));
  const exclude = given.get('__exclude__');
  if (Array.isArray(exclude)) high.set('__exclude__', exclude);
  return { high, origins, problems, includes: [] };
}
