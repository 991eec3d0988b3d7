import type { Dict } from '@brine/common';
import {
  compilePillar,
  createExternalPillars,
  createFileRoots,
  systemTreeDisk,
  type PillarAnswer,
  type TemplatePorts,
} from '@brine/sls';
import { readRoots } from '../files/local-tree.ts';
import type { CallParts } from './call-environment.ts';
import type { PillarWish } from './pillar-keeper.ts';

/** Compiles a masterless minion's pillar from its own `pillar_roots`. */
export async function compileLocalPillar(parts: CallParts, wish: PillarWish, visible: Dict): Promise<PillarAnswer> {
  const { pillarenv, saltenv, override, external } = wish;
  const grains = await parts.grains.current();
  const files = createFileRoots({ ...readRoots(parts.request.options, 'pillar_roots'), disk: systemTreeDisk });
  const { engine, renderer, decrypters, ports } = await parts.templates();
  const template: TemplatePorts = {
    ...ports,
    call: parts.callWhileCompiling,
    readTemplate: (path, environment) => files.readText(path, environment),
  };
  const { pillar, problems } = await compilePillar({
    minionId: parts.request.minionId,
    grains,
    options: withExternal(parts.options(), external),
    files,
    renderer,
    pillar: visible,
    external: createExternalPillars({ disk: systemTreeDisk, renderer, templates: engine, template }),
    decrypters,
    ports: template,
    ...(pillarenv === undefined ? {} : { pillarenv }),
    ...(saltenv === undefined ? {} : { saltenv }),
    ...(override === undefined ? {} : { override }),
  });
  parts.secrets.name(pillar);
  return { pillar, problems };
}

function withExternal(options: Dict, external: Dict | undefined): Dict {
  if (external === undefined) return options;
  const listed = options.get('ext_pillar');
  return new Map([...options, ['ext_pillar', [...(Array.isArray(listed) ? listed : []), external]]]);
}
