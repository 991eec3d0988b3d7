import type { DataFormat, FromImportNode } from './nodes.ts';
import type { TagParser, TemplateParser } from './template-parser.ts';

/** Reads `with context` or `without context`; the fallback where neither is written. */
function parseContext(parser: TemplateParser, fallback: boolean): boolean {
  const context = takeContext(parser);
  return context ?? fallback;
}

function takeContext(parser: TemplateParser): boolean | undefined {
  const { current, following } = parser.stream;
  const isContext = following.type === 'name' && following.value === 'context';
  if (current.type !== 'name' || !isContext || !['with', 'without'].includes(current.value)) return undefined;
  parser.stream.next();
  parser.stream.next();
  return current.value === 'with';
}

const parseExtends: TagParser = (parser, tag) => ({
  type: 'extends',
  template: parser.expressions.parseExpression(),
  offset: tag.offset,
});

const parseInclude: TagParser = (parser, tag) => {
  const { stream } = parser;
  const template = parser.expressions.parseExpression();
  const ignoreMissing = stream.isWord('ignore') && stream.following.value === 'missing';
  if (ignoreMissing) {
    stream.next();
    stream.next();
  }
  return { type: 'include', template, ignoreMissing, withContext: parseContext(parser, true), offset: tag.offset };
};

function parseImportHead(parser: TemplateParser) {
  const template = parser.expressions.parseExpression();
  parser.stream.expect('name', 'as');
  const target = parser.parseNameTarget().name;
  return { template, target, withContext: parseContext(parser, false) };
}

const parseImport: TagParser = (parser, tag) => ({ type: 'import', ...parseImportHead(parser), offset: tag.offset });

const parseFromImport: TagParser = (parser, tag) => {
  const { stream } = parser;
  const template = parser.expressions.parseExpression();
  stream.expect('name', 'import');
  const names: FromImportNode['names'][number][] = [];
  let withContext: boolean | undefined;
  while (!stream.is('block_end')) {
    if (names.length > 0 && !stream.skipOperator(',')) {
      withContext = takeContext(parser);
      break;
    }
    withContext = takeContext(parser);
    if (withContext !== undefined || stream.is('block_end')) break;
    names.push(parseImportedName(parser));
  }
  if (names.length === 0) throw stream.unexpected('a name to import');
  return { type: 'fromImport', template, names, withContext: withContext ?? false, offset: tag.offset };
};

function parseImportedName(parser: TemplateParser): FromImportNode['names'][number] {
  const { name, offset } = parser.parseNameTarget();
  if (name.startsWith('_')) throw parser.stream.fail('names that start with _ cannot be imported', undefined, offset);
  const alias = parser.stream.skipWord('as') ? parser.parseNameTarget().name : name;
  return { name, alias, offset };
}

function parseImportData(format: DataFormat): TagParser {
  return (parser, tag) => ({ type: 'importData', format, ...parseImportHead(parser), offset: tag.offset });
}

function parseLoadData(format: DataFormat): TagParser {
  return (parser, tag) => {
    parser.stream.expect('name', 'as');
    const target = parser.parseTarget();
    return { type: 'loadData', format, target, body: parser.parseWholeBody(tag, 'endload'), offset: tag.offset };
  };
}

const parseProfile: TagParser = (parser, tag) => {
  parser.stream.expect('name', 'as');
  const label = parser.expressions.parseExpression();
  return { type: 'profile', label, body: parser.parseWholeBody(tag, 'endprofile'), offset: tag.offset };
};

export const importTags: readonly (readonly [string, TagParser])[] = [
  ['extends', parseExtends],
  ['include', parseInclude],
  ['import', parseImport],
  ['from', parseFromImport],
  ['import_yaml', parseImportData('yaml')],
  ['import_json', parseImportData('json')],
  ['import_text', parseImportData('text')],
  ['load_yaml', parseLoadData('yaml')],
  ['load_json', parseLoadData('json')],
  ['load_text', parseLoadData('text')],
  ['profile', parseProfile],
];
