import { getDict, pythonStr } from '@brine/common';
import type { ExternalPillar } from '../external-pillar.ts';
import { isInNodegroup } from './is-in-nodegroup.ts';
import { readSourceArguments } from './source-arguments.ts';

/** `nodegroups`: the names of the nodegroups that a minion is in, below the key `pillar_name`. */
export const nodegroupsPillar: ExternalPillar = {
  name: 'nodegroups',
  load(request) {
    const key = readSourceArguments(request.configuration, ['pillar_name']).text('pillar_name') ?? '';
    const names = [...(getDict(request.options, 'nodegroups')?.keys() ?? [])].map(pythonStr);
    const memberOf = names.filter((name) => isInNodegroup(name, request));
    return Promise.resolve(new Map([[key === '' ? 'nodegroups' : key, memberOf]]));
  },
};
