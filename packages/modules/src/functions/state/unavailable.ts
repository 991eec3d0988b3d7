import { z } from 'zod';
import { dict } from '../../kit/arguments.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { passedOn } from './state-function.ts';

const kwargs = dict().describe('Not used.');

/** Declares a function of Salt that cannot be had, so that calling it says why and what to do instead. */
function unavailable(wanted: {
  readonly name: string;
  readonly summary: string;
  readonly args: Readonly<Record<string, z.ZodType>>;
  readonly example: string;
  readonly reason: string;
}): FunctionDeclaration {
  return defineFunction({
    name: wanted.name,
    summary: wanted.summary,
    args: z.object({ ...wanted.args, kwargs }),
    keywords: 'kwargs',
    examples: [wanted.example],
    run: () => {
      throw failure(`${wanted.name} is not available: ${wanted.reason}`);
    },
  });
}

export const pkg = unavailable({
  name: 'state.pkg',
  summary: 'Refused: it runs the packed states of salt-ssh, which does not exist here.',
  args: {
    pkg_path: passedOn('Path of the package.'),
    pkg_sum: passedOn('Checksum of the package.'),
    hash_type: passedOn('Kind of the checksum.'),
  },
  example: "'*' state.pkg /tmp/salt_state.tgz 760a9353810e36f6d81416366fc426dc md5",
  reason: 'it belongs to salt-ssh. Run salt-call --local with a file_root on the machine instead.',
});

export const clearCache = defineFunction({
  name: 'state.clear_cache',
  summary: 'The compiled states that were removed: none, for states are always compiled anew.',
  args: z.object({}),
  examples: ["'*' state.clear_cache"],
  run: () => [],
});
