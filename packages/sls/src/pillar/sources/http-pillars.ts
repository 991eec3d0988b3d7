import { isDict, pythonStr, traverse, type Dict, type Value } from '@brine/common';
import { isFalsy } from '../../renderers/render-yaml.ts';
import type { ExternalPillar, ExternalPillarRequest } from '../external-pillar.ts';
import type { ExternalPillarPorts } from './external-pillar-ports.ts';
import { pillarOf } from './pillar-of.ts';
import { readSourceArguments, type SourceArguments } from './source-arguments.ts';
import { sourceFault } from './source-fault.ts';

const argumentNames = ['url', 'with_grains', 'header_dict', 'auth', 'username', 'password', 'namespace'];

/**
 * `http_json` and `http_yaml`: what a web server answers. `%s` in the address stands for the minion's id, and
 * `<grain>` for a grain when `with_grains` is set.
 */
export function createHttpPillars({ template }: ExternalPillarPorts): readonly ExternalPillar[] {
  return ['json', 'yaml'].map((type) => ({
    name: `http_${type}`,
    async load(request) {
      const given = readSourceArguments(request.configuration, argumentNames);
      if (given.value('auth') !== undefined) {
        throw sourceFault('auth is not supported', 'name the user and the password as username and password');
      }
      const keyword: Dict = new Map<Value, Value>([
        ['url', addressOf(given, request)],
        ['decode', true],
        ['decode_type', type],
      ]);
      for (const name of ['username', 'password']) setUnless(keyword, name, given.text(name));
      setUnless(keyword, 'header_dict', given.dict('header_dict'));
      const value = decodedOf(await template.call('http.query', [], keyword));
      const namespace = given.text('namespace') ?? '';
      return namespace === '' ? pillarOf(value, 'the server answered') : new Map([[namespace, value]]);
    },
  }));
}

function addressOf(given: SourceArguments, { minionId, grains }: ExternalPillarRequest): string {
  const url = given.requiredText('url').replaceAll('%s', quote(minionId));
  if (!given.flag('with_grains')) return url;
  return url.replaceAll(/<(.*?)>/g, (_, name: string) => {
    const grain = traverse(grains, name);
    if (grain === undefined || isFalsy(grain)) throw sourceFault(`the minion has no grain ${name} for the address`);
    return quote(pythonStr(grain));
  });
}

/** As Python's `urllib.parse.quote`. */
function quote(text: string): string {
  return encodeURIComponent(text)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function setUnless(keyword: Dict, name: string, value: Value | undefined): void {
  if (value !== undefined) keyword.set(name, value);
}

function decodedOf(answer: Value): Value {
  const decoded = isDict(answer) ? answer.get('dict') : undefined;
  if (decoded !== undefined) return decoded;
  const reason = isDict(answer) ? (answer.get('error') ?? null) : null;
  throw sourceFault(`the server was not heard: ${reason === null ? 'no answer' : pythonStr(reason)}`);
}
