import { join } from 'node:path';
import { pythonStr, type Dict } from '@brine/common';
import type { TemplatePorts } from '../../../template-thread/template-engine.ts';
import { createGitCommand } from './git-command.ts';
import { openGitTrees, type GitTrees } from './git-trees-store.ts';

/** The copies of remotes below the `cachedir` of the configuration. */
export function openConfiguredTrees(options: Dict, call: TemplatePorts['call']): GitTrees {
  return openGitTrees(join(pythonStr(options.get('cachedir') ?? ''), 'git_pillar'), createGitCommand(call));
}
