import { posix } from 'node:path';
import { isAppError, isDict, pythonTypeName, type Dict, type Value } from '@brine/common';
import type { ExternalPillar, ExternalPillarRequest } from '../../external-pillar.ts';
import type { ExternalPillarPorts } from '../external-pillar-ports.ts';
import { kindBehindLinks } from '../kind-behind-links.ts';
import { loadLenientYaml } from '../load-lenient-yaml.ts';
import { sourceFault } from '../source-fault.ts';
import { chooseStackConfigs } from './choose-configs.ts';
import { globFiles } from './glob-files.ts';
import { mergeStack } from './merge-stack.ts';
import { createStackTemplates, type StackTemplates } from './stack-templates.ts';

/**
 * `stack` (PillarStack): YAML files merged in the order in which a configuration file lists them. All are Jinja
 * templates, which see in `stack` what was merged before them.
 */
export function createStackPillar(ports: ExternalPillarPorts): ExternalPillar {
  return {
    name: 'stack',
    async load(request) {
      let stack: Dict = new Map();
      for (const config of chooseStackConfigs(request)) {
        if ((await kindBehindLinks(config, ports.disk)) === 'file')
          stack = await addConfig(config, stack, request, ports);
        else ports.template.log('info', `ext_pillar stack: there is no file ${config}`);
      }
      return stack;
    },
  };
}

async function addConfig(
  config: string,
  before: Dict,
  request: ExternalPillarRequest,
  ports: ExternalPillarPorts,
): Promise<Dict> {
  const templates = createStackTemplates(config, request, ports);
  const listed = readListing((await templates.render(config, { stack: before })).text, config);
  let stack = before;
  for (const written of listed) {
    const paths = await globFiles(posix.resolve(posix.dirname(config), written), ports.disk);
    if (paths.length === 0)
      ports.template.log('info', `ext_pillar stack: ${config} lists ${written}, which is not there`);
    for (const path of paths) stack = await addFile(path, stack, templates);
  }
  return stack;
}

/** The listing is a YAML list, or else a file per line. */
function readListing(text: string, config: string): readonly string[] {
  const lines = readYamlList(text) ?? text.split(/\r\n|\n|\r/);
  return lines.flatMap((written) => {
    if (typeof written !== 'string') {
      throw sourceFault(`${config} lists a ${pythonTypeName(written)} where the name of a file belongs`);
    }
    return written.trim() === '' ? [] : [written];
  });
}

function readYamlList(text: string): readonly Value[] | undefined {
  try {
    const value = loadLenientYaml(text);
    return Array.isArray(value) ? value : undefined;
  } catch (error) {
    if (!isAppError(error)) throw error;
    return undefined;
  }
}

async function addFile(path: string, stack: Dict, templates: StackTemplates): Promise<Dict> {
  const { text, lineOrigins } = await templates.render(path, { stack, path });
  const value = loadLenientYaml(text, { file: path, lineOrigins });
  return isDict(value) ? mergeStack(stack, value) : stack;
}
