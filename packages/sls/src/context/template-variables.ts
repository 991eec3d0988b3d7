import { posix } from 'node:path';
import type { Dict, Value } from '@brine/common';

/** What a template is rendered for. */
export interface TemplateVariablesInput {
  /** Path below the roots. */
  readonly file: string;
  /** Where the file lies on disk. */
  readonly absolutePath?: string;
  readonly sls?: string;
  readonly saltenv: string;
  readonly grains: Dict;
  readonly pillar: Dict;
  /** The configuration, as `opts`. */
  readonly options: Dict;
}

/** The variables that Salt gives every template beside `salt`. */
export function templateVariables(input: TemplateVariablesInput): Dict {
  const { file, absolutePath = file, sls = '', saltenv, grains, pillar, options } = input;
  const folder = file.includes('/') ? posix.dirname(file) : '';
  return new Map<Value, Value>([
    ['grains', grains],
    ['pillar', pillar],
    ['opts', options],
    ['saltenv', saltenv],
    ['sls', sls],
    ['tplpath', absolutePath],
    ['tplfile', file],
    ['tpldir', folder === '' ? '.' : folder],
    ['tplroot', folder === '' ? '.' : (folder.split('/')[0] ?? '')],
    ['tpldot', folder.replaceAll('/', '.')],
    ['slspath', folder],
    ['slsdotpath', folder.replaceAll('/', '.')],
    ['slscolonpath', folder.replaceAll('/', ':')],
    ['sls_path', folder.replaceAll('/', '_')],
  ]);
}
