import { pythonStr, type Dict, type Logger, type Value } from '@brine/common';
import type { Companion, CompanionHost } from '../daemon/companion.ts';

/** Runs the states that `startup_states` asks for, once, as soon as there is something to run them from. */
export function createStartupCompanion(
  { options, logger }: { readonly options: Dict; readonly logger: Logger },
  host: CompanionHost,
): Companion {
  let isDone = false;
  const begin = (): void => {
    const call = startupCall(options);
    if (isDone || call === undefined) return;
    isDone = true;
    host
      .begin({ kind: 'startup', report: 'store', ...call, keyword: new Map() })
      .catch((error: unknown) => logger.error('startup states could not begin', { error }));
  };
  return {
    name: 'startup',
    start: () => {
      if (options.get('file_client') === 'local') begin();
    },
    connected: begin,
    stop: () => {},
    answer: () => null,
  };
}

function startupCall(options: Dict): { readonly fun: string; readonly positional: readonly Value[] } | undefined {
  switch (pythonStr(options.get('startup_states') ?? '')) {
    case 'highstate':
      return { fun: 'state.highstate', positional: [] };
    case 'sls':
      return { fun: 'state.sls', positional: [options.get('sls_list') ?? []] };
    case 'top':
      return { fun: 'state.top', positional: [options.get('top_file') ?? ''] };
    default:
      return undefined;
  }
}
