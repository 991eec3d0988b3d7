import { posix } from 'node:path';
import { pythonStr, resolveInside, traverse, type Dict, type Value } from '@brine/common';
import type { RenderedText } from '@brine/jinja';
import { explainRenderError } from '../../../renderers/render-error.ts';
import type { TemplatePorts } from '../../../template-thread/template-engine.ts';
import type { ExternalPillarRequest } from '../../external-pillar.ts';
import type { ExternalPillarPorts } from '../external-pillar-ports.ts';
import { readText } from '../read-text.ts';
import { sourceFault } from '../source-fault.ts';

/** Renders the files of a stack. */
export interface StackTemplates {
  /** `stack` is what was merged so far; `path` what a YAML file sees as `ymlpath`. */
  render(file: string, seen: { readonly stack: Dict; readonly path?: string }): Promise<RenderedText>;
}

const traverseFunction = '__stack__.traverse';

/** The templates in the folder of a configuration file. They reach no file outside it. */
export function createStackTemplates(
  config: string,
  request: ExternalPillarRequest,
  { disk, templates, template }: ExternalPillarPorts,
): StackTemplates {
  const folder = posix.dirname(config);
  const inside = folder === '/' ? folder : `${folder}/`;
  const ports: Partial<TemplatePorts> = {
    ...template,
    call: async (name, positional, keyword) =>
      name === traverseFunction ? traverseFor(positional, keyword) : template.call(name, positional, keyword),
    readTemplate: async (name) => {
      const below = name.startsWith(inside) ? name.slice(inside.length) : name.replace(/^\/+/, '');
      const path = resolveInside(folder, below);
      const exists = path !== undefined && (await disk.realPath(path)) !== undefined;
      return exists ? { text: await readText(path, disk), file: path } : undefined;
    },
  };
  // These are no SLS files: neither the settings of those hold here, nor is an undefined variable an error.
  const settings = {
    undefined: 'lenient',
    functions: { __salt__: '*', [traverseFunction]: traverseFunction },
  } as const;
  return {
    async render(file, { stack, path }) {
      if (!file.startsWith(inside)) throw sourceFault(`${config} lists ${file}, which is not in its folder`);
      const text = await readText(file, disk);
      const variables = variablesOf(config, request).set('stack', stack);
      if (path !== undefined) variables.set('ymlpath', path);
      try {
        return await templates.render({ text, file, saltenv: 'base', variables, settings, ports });
      } catch (error) {
        throw explainRenderError(error, { file, text });
      }
    },
  };
}

function variablesOf(config: string, { minionId, grains, pillar, options }: ExternalPillarRequest): Dict {
  return new Map<Value, Value>([
    ['__opts__', options],
    ['__grains__', grains],
    ['__stack__', new Map([['cfg_path', config]])],
    ['minion_id', minionId],
    ['pillar', pillar],
    ['pillarenv', options.get('pillarenv') ?? null],
  ]);
}

function traverseFor(positional: readonly Value[], keyword: Dict): Value {
  const [tree = null, path = null, otherwise = null, delimiter = ':'] = ['data', 'key', 'default', 'delimiter'].map(
    (name, index) => positional[index] ?? keyword.get(name),
  );
  return traverse(tree, pythonStr(path), pythonStr(delimiter)) ?? otherwise;
}
