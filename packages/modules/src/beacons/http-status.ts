import type { Readable } from 'node:stream';
import { compilePythonRegex, isDict, limitTime, loadJson, pythonStr, type Dict, type Value } from '@brine/common';
import { bodyOf, reasonOf } from '../providers/http/ask-server.ts';
import { openServer } from '../providers/http/open-server.ts';
import { mappingOf, payload, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

type Comparison = (expected: Value, received: Value) => boolean;

const comparisons: Readonly<Record<string, Comparison>> = {
  '==': (expected, received) => pythonStr(expected) === pythonStr(received),
  '!=': (expected, received) => pythonStr(expected) !== pythonStr(received),
  '<': (expected, received) => Number(expected) < Number(received),
  '>': (expected, received) => Number(expected) > Number(received),
  '<=': (expected, received) => Number(expected) <= Number(received),
  '>=': (expected, received) => Number(expected) >= Number(received),
  search: (expected, received) =>
    limitTime(500, () => compilePythonRegex(pythonStr(expected)).test(pythonStr(received))),
};

const checked = ['status', 'content'];
const standardTimeout = 30;
const largestAnswer = 1_048_576;

/** `http_status` */
export const httpStatus: BeaconDeclaration = {
  name: 'http_status',
  summary: 'Asks web sites and tells of each value that does not compare as it should (`value` `comp` what came).',
  example: `http_status:
  - sites:
      example:
        url: https://example.com/status
        timeout: 30
        status:
          - {value: 400, comp: '>'}
          - {value: 200, comp: '<='}
        content:
          - {path: 'certificate:status', value: up, comp: '=='}
  - interval: 10`,
  validate(config) {
    const sites = mappingOf(config, 'sites');
    if (sites.size === 0) return '[-] Configuration does not contain sites';
    const faults = [...sites].flatMap(([, site]) => faultsOf(site));
    return faults.length === 0 ? undefined : faults.join('\n');
  },
  create: (context) => ({
    async look(config) {
      const sites = [...mappingOf(config, 'sites').values()].filter(isDict);
      return (await Promise.all(sites.map(async (site) => askSite(context, site)))).flat();
    },
  }),
};

function faultsOf(site: Value): readonly string[] {
  if (!isDict(site) || !site.has('url')) return ["[-] Sites for http_status beacon requires {'url'}"];
  return checksOf(site).flatMap(({ check }) => {
    const comparison = pythonStr(check.get('comp') ?? '');
    return Object.hasOwn(comparisons, comparison) ? [] : [`[-] Invalid comparison operator ${comparison}`];
  });
}

function checksOf(site: Dict): readonly { readonly what: string; readonly check: Dict }[] {
  return checked.flatMap((what) => {
    const checks = site.get(what);
    return (Array.isArray(checks) ? checks : []).filter(isDict).map((check) => ({ what, check }));
  });
}

async function askSite({ log }: BeaconContext, site: Dict): Promise<readonly Dict[]> {
  const url = pythonStr(site.get('url') ?? '');
  try {
    const seconds = Number(site.get('timeout') ?? standardTimeout);
    const headers = new Headers({ 'accept-encoding': 'gzip' });
    const signal = AbortSignal.timeout(seconds * 1000);
    const { response } = await openServer(new URL(url), { headers }, signal);
    const text = await readLimited(bodyOf(response));
    return checksOf(site).flatMap(({ what, check }) =>
      compare(url, check, what === 'status' ? (response.statusCode ?? 0) : toJson(text)),
    );
  } catch (error) {
    log.info('a site of the http_status beacon did not answer', { url, error });
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : reasonOf(error);
    return [payload(['status_code', null], ['url', url], ['error', cause])];
  }
}

async function readLimited(body: Readable): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > largestAnswer) break;
  }
  return text;
}

function toJson(text: string): Value {
  try {
    return loadJson(text);
  } catch {
    return null;
  }
}

function compare(url: string, check: Dict, received: Value): readonly Dict[] {
  const path = pythonStr(check.get('path') ?? '');
  const value = path === '' ? received : traverse(received, path.split(':'));
  const expected = check.get('value') ?? null;
  if (value === null || value === undefined) return [];
  if (comparisons[pythonStr(check.get('comp') ?? '')]?.(expected, value) === true) return [];
  return [payload(['expected', expected], ['received', value], ['url', url], ['path', path])];
}

function traverse(value: Value, steps: readonly string[]): Value | undefined {
  let found: Value | undefined = value;
  for (const step of steps) {
    if (Array.isArray(found)) found = found[Number(step)];
    else found = isDict(found ?? null) ? (found as Dict).get(step) : undefined;
  }
  return found;
}
