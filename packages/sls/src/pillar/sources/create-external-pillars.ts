import type { ExternalPillar } from '../external-pillar.ts';
import { createCommandPillars } from './command-pillars.ts';
import { createCsvPillar } from './csv-pillar.ts';
import type { ExternalPillarPorts } from './external-pillar-ports.ts';
import { createFileTreePillar } from './file-tree-pillar.ts';
import { createGitPillar } from './git/git-pillar.ts';
import { createHttpPillars } from './http-pillars.ts';
import { nodegroupsPillar } from './nodegroups-pillar.ts';
import { createSqlPillars } from './sql/sql-pillars.ts';
import { createStackPillar } from './stack/stack-pillar.ts';

/** The sources that `ext_pillar` can name: on a master as well as on a minion without one. */
export function createExternalPillars(ports: ExternalPillarPorts): readonly ExternalPillar[] {
  return [
    ...createCommandPillars(ports),
    createCsvPillar(ports),
    createFileTreePillar(ports),
    createGitPillar(ports),
    ...createHttpPillars(ports),
    nodegroupsPillar,
    ...createSqlPillars(ports.databases),
    createStackPillar(ports),
  ];
}
