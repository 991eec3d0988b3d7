import { AppError, getDict, isDict, loadYaml, pythonStr, type Dict, type SourceSpan, type Value } from '@brine/common';

/** A tree with one mistake in it, and where that mistake is. */
export interface Mistake {
  readonly title: string;
  readonly kind: 'states' | 'pillar';
  readonly files: ReadonlyMap<string, string>;
  /** With a column where that is part of what is promised. */
  readonly place: SourceSpan;
}

// Stand before the place in a text: the one where the column counts, the other where only the line does.
const markers = /[▶▷]/g;

/** Reads a list of mistakes: a title, and `text` (the file web/init.sls), `files` or, of a pillar, `pillar`. */
export function readMistakes(text: string, file: string): Mistake[] {
  const { value } = loadYaml(text, { file });
  if (!Array.isArray(value)) throw new TypeError(`${file} is no list`);
  return value.filter(isDict).map(toMistake);
}

function toMistake(entry: Dict): Mistake {
  const title = pythonStr(entry.get('mistake') ?? null);
  const pillar = getDict(entry, 'pillar');
  const marked = new Map(textsOf(pillar ?? getDict(entry, 'files')));
  const text = entry.get('text');
  if (typeof text === 'string') marked.set('web/init.sls', text);
  const places = [...marked].flatMap(([file, source]) => placesIn(file, source));
  const [place] = places;
  if (place === undefined || places.length > 1) {
    throw new AppError({ code: 'mistake', message: `'${title}' marks ${places.length} places` });
  }
  const files = new Map(Array.from(marked, ([file, source]) => [file, source.replaceAll(markers, '')]));
  return { title, kind: pillar === undefined ? 'states' : 'pillar', files, place };
}

function textsOf(files: Dict | undefined): [string, string][] {
  return Array.from(files ?? new Map<Value, Value>(), ([file, text]) => [pythonStr(file), pythonStr(text)]);
}

function placesIn(file: string, text: string): SourceSpan[] {
  return Array.from(text.matchAll(markers), ({ index, 0: marker }) => {
    const before = text.slice(0, index).split('\n');
    const [line, column] = [before.length, (before.at(-1) ?? '').length + 1];
    return marker === '▶' ? { file, line, column } : { file, line };
  });
}
