import { pillarVersion } from '@brine/sls';
import type { Dict } from '@brine/common';
import {
  compilePillar,
  createExternalPillars,
  createFileRoots,
  dynamicPillarEnvironment,
  systemTreeDisk,
  type TemplatePorts,
} from '@brine/sls';
import { openCallRedactionKey } from './redaction-key.ts';
import { readRoots } from '../files/local-tree.ts';
import type { CallParts } from './call-parts.ts';
import type { PillarWish, VersionedPillar } from './pillar-keeper.ts';

/** Compiles a masterless minion's pillar from its own `pillar_roots`. */
export async function compileLocalPillar(parts: CallParts, wish: PillarWish, visible: Dict): Promise<VersionedPillar> {
  const { pillarenv, saltenv, override, external, why } = wish;
  const grains = await parts.grains.current();
  const { options } = parts.request;
  const files = createFileRoots({
    ...readRoots(options, 'pillar_roots'),
    disk: systemTreeDisk,
    dynamicEnvironment: dynamicPillarEnvironment(options, { pillarenv, saltenv }),
  });
  const { engine, renderer, decrypters, ports } = await parts.templates();
  const template: TemplatePorts = {
    ...ports,
    call: parts.callWhileCompiling,
    readTemplate: (path, environment) => files.readText(path, environment),
  };
  const { pillar, problems, originsOf } = await compilePillar({
    minionId: parts.request.minionId,
    grains,
    options: withExternal(parts.options(), external),
    files,
    renderer,
    pillar: visible,
    external: createExternalPillars({
      ...{ disk: systemTreeDisk, renderer, templates: engine, template },
      databases: {
        openSqlite: async (file, timeout) => (await import('@brine/daemon')).openSqlite(file, timeout),
        openPostgres: async (place) => (await import('@brine/daemon')).openPostgres(place),
      },
    }),
    decrypters,
    ports: template,
    ...(pillarenv === undefined ? {} : { pillarenv }),
    ...(saltenv === undefined ? {} : { saltenv }),
    ...(override === undefined ? {} : { override }),
  });
  parts.secrets.name(pillar);
  for (const problem of problems)
    if (problem.severity === 'warning') parts.request.log.warn('pillar warns', { summary: problem.summary });
  if (problems.some(({ severity }) => severity === 'error')) return { pillar, problems };
  const version = pillarVersion(pillar, await openCallRedactionKey(parts.request.options, parts.request.log));
  return { pillar, problems, version, ...(why === undefined ? {} : { origins: originsOf(why) }) };
}

function withExternal(options: Dict, external: Dict | undefined): Dict {
  if (external === undefined) return options;
  const listed = options.get('ext_pillar');
  return new Map([...options, ['ext_pillar', [...(Array.isArray(listed) ? listed : []), external]]]);
}
