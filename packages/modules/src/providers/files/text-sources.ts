import { argument, anyValue, dict, optional, text, textList, withDefault, type StateContext } from '../../kit/index.ts';
import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { findSource } from './find-source.ts';
import { renderTemplate } from './render-template.ts';

/** The arguments by which `file.append` and its like take their text from files. */
export const textSourceArguments = {
  source: optional(anyValue()).describe('URL of a file that has the text.'),
  source_hash: optional(text()).describe('Digest a source not from the file server must have.'),
  sources: optional(anyValue()).describe('URLs of several files.'),
  source_hashes: optional(textList()).describe('Their digests.'),
  template: withDefault(text(), 'jinja').describe('The template engine to render the files with.'),
  defaults: optional(dict()).describe('Variables of the template.'),
  context: optional(dict()).describe('Variables of the template, over the defaults.'),
};

/** What of a state says where its text comes from. */
export interface TextSources {
  readonly name: string;
  readonly source: Value | undefined;
  readonly source_hash: string | undefined;
  readonly sources: Value | undefined;
  readonly source_hashes: readonly string[] | undefined;
  readonly template: string;
  readonly defaults: Dict | undefined;
  readonly context: Dict | undefined;
}

/** The rendered texts of the sources, in order; nothing when none is given; a text says which cannot be had. */
export async function readTextSources(
  request: TextSources,
  context: StateContext,
): Promise<readonly string[] | undefined | string> {
  const listed = Array.isArray(request.sources) ? request.sources : [];
  if (request.source !== undefined && listed.length > 0) return 'source and sources are mutually exclusive';
  const urls = request.source === undefined ? listed : [request.source];
  if (urls.length === 0) return undefined;
  const hashes = request.source === undefined ? (request.source_hashes ?? []) : [request.source_hash];
  const texts: string[] = [];
  for (const [index, source] of urls.entries()) {
    const found = await findSource(
      { source, sourceHash: hashes[index], skipVerify: false, target: request.name },
      context,
    );
    if (typeof found === 'string') return describeLoss(source, found);
    const raw = Buffer.from((await context.host.files.read(found.path)) ?? '').toString('utf8');
    const { template: engine, defaults, context: variables, name } = request;
    const template = { text: raw, origin: found.url, engine, defaults, context: variables };
    texts.push(await renderTemplate({ ...template, variables: { name, source: found.url } }, context));
  }
  return texts;
}

function describeLoss(source: Value, found: string): string {
  const isServed = typeof source === 'string' && source.startsWith('salt://');
  return isServed ? `Failed to load template file ${source}` : found;
}

/** The `text` of editing states: a text, or a list of them; a dict is taken by its keys, as YAML makes of `a: `. */
export function texts(): ReturnType<typeof optional<readonly string[]>> {
  return optional(
    argument<readonly string[]>('a text or a list of texts', (value) => {
      const items = Array.isArray(value) ? value : [value];
      return items.map((item) =>
        isDict(item) ? [...item].map(([k, v]) => `${pythonStr(k)}: ${pythonStr(v)}`).join('\n') : pythonStr(item),
      );
    }),
  );
}
