import { parseEvents, YAMLException, type Event } from 'js-yaml';
import { explainSyntaxError } from './explain-syntax-error.ts';
import { yamlError } from './yaml-error.ts';
import { createYamlSource, lineIndexAt, type YamlOrigin, type YamlSource } from './yaml-source.ts';

/** The events of a YAML text and the source their offsets refer to. */
export interface ParsedYaml {
  readonly events: readonly Event[];
  readonly source: YamlSource;
}

/** The most times a text is padded and parsed again; far beyond what people write. */
const maxRepairs = 200;

/**
 * Parses a text into events. Throws `yaml-syntax` and `yaml-too-deep`.
 *
 * js-yaml follows YAML 1.2, which wants the continuation lines of flow collections and quoted scalars indented
 * deeper than their parent. YAML 1.1 does not, and templates that print JSON into YAML rely on that. As
 * indentation means nothing inside these constructs, such lines are padded and the text is parsed again.
 */
export function parseYamlEvents(text: string, origin: YamlOrigin, maxDepth: number): ParsedYaml {
  let source = createYamlSource(text, new Map(), origin);
  for (let repairs = 0; ; repairs += 1) {
    try {
      return { events: parseEvents(source.text, { maxDepth }), source };
    } catch (caught) {
      if (!(caught instanceof YAMLException)) throw caught;
      const repaired = repairs < maxRepairs ? padDeficientLines(source, caught, maxDepth) : undefined;
      // Without the cause: that one holds the whole text, secrets and all.
      if (repaired === undefined) throw yamlError(source, explainSyntaxError(source, caught));
      source = repaired;
    }
  }
}

function padDeficientLines(source: YamlSource, error: YAMLException, maxDepth: number): YamlSource | undefined {
  const offset = error.mark?.position;
  if (error.reason !== 'deficient indentation' || offset === undefined) return undefined;
  const first = lineIndexAt(source, offset);
  // Padded before and still deficient: padding does not help.
  if (source.padding.has(first)) return undefined;
  const last = isInFlowCollection(source, first, maxDepth) ? lastLineOfFlow(source, first) : first;
  const width = deepestIndent(source, first) + 1;
  const padding = new Map(source.padding);
  const parts = [source.text.slice(0, source.lineStarts[first])];
  for (let index = first; index <= last; index += 1) {
    if (!padding.has(index)) {
      padding.set(index, width);
      parts.push(' '.repeat(width));
    }
    parts.push(source.text.slice(source.lineStarts[index], source.lineStarts[index + 1]));
  }
  parts.push(source.text.slice(source.lineStarts[last + 1] ?? source.text.length));
  return createYamlSource(parts.join(''), padding, source.origin);
}

// The parser does not tell what it was in; the complaint about the text cut off there does.
function isInFlowCollection(source: YamlSource, line: number, maxDepth: number): boolean {
  try {
    parseEvents(source.text.slice(0, source.lineStarts[line]).trimEnd(), { maxDepth });
    return false;
  } catch (caught) {
    return caught instanceof YAMLException && caught.reason.endsWith('within a flow collection');
  }
}

// Inside one flow collection at least, so lines up to its end may be padded together. Ending too early costs
// another round only.
function lastLineOfFlow(source: YamlSource, first: number): number {
  const token = /"(?:[^"\\]|\\[^])*"|(?<=[[{,:\s])'(?:[^']|'')*'|(?<=\s)#.*|[[\]{}]/g;
  token.lastIndex = source.lineStarts[first] ?? 0;
  let depth = 1;
  for (let found = token.exec(source.text); found !== null; found = token.exec(source.text)) {
    if (found[0] === '[' || found[0] === '{') depth += 1;
    if (found[0] === ']' || found[0] === '}') depth -= 1;
    if (depth === 0) return lineIndexAt(source, found.index);
  }
  return first;
}

function deepestIndent(source: YamlSource, last: number): number {
  let deepest = 0;
  for (let index = 0; index < last; index += 1) {
    if (source.padding.has(index)) continue;
    const start = source.lineStarts[index] ?? 0;
    const indent = /^(?:[ \t]|[-?:](?=[ \t]))*/.exec(source.text.slice(start, start + 400))?.[0].length ?? 0;
    deepest = Math.max(deepest, indent);
  }
  return deepest;
}
