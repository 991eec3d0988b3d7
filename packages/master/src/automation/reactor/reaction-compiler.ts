import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAppError, matchGlob, toValue, type Dict, type Logger, type Plain, type Problem } from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { createLocalHost, functionTable } from '@brine/modules';
import {
  createFileRoots,
  createRenderer,
  createTemplateThread,
  parseSaltUrl,
  systemTreeDisk,
  type StateFiles,
} from '@brine/sls';
import { createPillarCall } from '../../pillar/pillar-functions.ts';
import { readReactions } from './read-reactions.ts';
import type { ReactionRenderer, ReactionRequest, RenderedReactions } from './reaction.ts';

interface ReactionFile {
  readonly file: string;
  readonly text: string;
}

/** Renders files of reactions in this process, with the configuration of a master. */
export function createReactionCompiler(config: MasterConfig, logger: Logger): ReactionRenderer {
  const options = toValue(config as unknown as Plain) as Dict;
  const files = createFileRoots({
    roots: new Map(Object.entries(config.file_roots)),
    disk: systemTreeDisk,
    ignoreGlobs: [],
    ignoreRegexes: [],
  });
  const templates = createTemplateThread({
    readTemplate: async (path, saltenv) => files.readText(path, saltenv),
    call: createPillarCall({ host: createLocalHost(), grains: new Map(), options }),
    has: async (name) => Object.hasOwn(functionTable, name),
    log: (_level, text) => logger.info('reaction template says', { text }),
  });
  const renderer = createRenderer({
    templates,
    defaultPipeline: config.renderer,
    blacklist: config.renderer_blacklist,
    whitelist: config.renderer_whitelist,
  });
  const renderFile = async ({ file, text }: ReactionFile, request: ReactionRequest): Promise<RenderedReactions> => {
    const variables: Dict = new Map<string, Dict | string>([
      ['tag', request.tag],
      ['data', request.data],
    ]);
    const context = { grains: new Map(), pillar: new Map(), options, variables };
    const { value, positionOf } = await renderer.render({ file, text, saltenv: 'base', absolutePath: file }, context);
    return readReactions(value, file, positionOf);
  };
  return {
    async render(request) {
      const answers: RenderedReactions[] = [];
      for (const name of request.files) {
        try {
          const found = await readFiles(name, files);
          if (found.length === 0) answers.push(failure(missing(name)));
          for (const file of found) answers.push(await renderFile(file, request).catch(toFailure));
        } catch (error) {
          answers.push(toFailure(error));
        }
      }
      return {
        reactions: answers.flatMap(({ reactions }) => reactions),
        problems: answers.flatMap(({ problems }) => problems),
      };
    },
    close: async () => templates.close(),
  };
}

async function readFiles(name: string, files: StateFiles): Promise<readonly ReactionFile[]> {
  if (!name.startsWith('salt://')) {
    const paths = await pathsOf(name);
    return Promise.all(paths.map(async (file) => ({ file, text: await readFile(file, 'utf8') })));
  }
  const { path, saltenv = 'base' } = parseSaltUrl(name);
  const found = await files.readText(path, saltenv);
  return found === undefined ? [] : [{ ...found, file: name }];
}

/** The files that a path with globs in it stands for, sorted. */
async function pathsOf(path: string): Promise<readonly string[]> {
  let found = ['/'];
  for (const part of path.split('/').filter((one) => one !== '')) {
    const next = await Promise.all(
      found.map(async (folder) => {
        if (!/[*?[]/.test(part)) return [join(folder, part)];
        const names = await readdir(folder).catch(() => []);
        const isMeant = (name: string): boolean => matchGlob(part, name) && (part.startsWith('.') || name[0] !== '.');
        return names
          .filter(isMeant)
          .sort()
          .map((name) => join(folder, name));
      }),
    );
    found = next.flat();
  }
  return found;
}

function missing(name: string): Problem {
  return { severity: 'error', code: 'reaction-invalid', summary: `there is no file of reactions '${name}'` };
}

function failure(...problems: readonly Problem[]): RenderedReactions {
  return { reactions: [], problems };
}

function toFailure(error: unknown): RenderedReactions {
  if (isAppError(error) && error.problems.length > 0) return failure(...error.problems);
  const summary = error instanceof Error ? error.message : String(error);
  return failure({ severity: 'error', code: isAppError(error) ? error.code : 'reaction-failed', summary });
}
