import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createRunSecrets,
  isAppError,
  matchGlob,
  systemClock,
  type Dict,
  type Logger,
  type Problem,
} from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { readTextFile } from '@brine/daemon';
import { createCompileCalls, type CompileCalls, type CompileCallsOptions } from '@brine/minion';
import {
  createFileRoots,
  createRenderer,
  createTemplateThread,
  parseSaltUrl,
  systemTreeDisk,
  type Renderer,
  type StateFiles,
} from '@brine/sls';
import { templateOptions } from '../../pillar/template-options.ts';
import { readReactions } from './read-reactions.ts';
import type { ReactionRenderer, ReactionRequest, RenderedReactions } from './reaction.ts';

interface ReactionFile {
  readonly file: string;
  readonly text: string;
}

/** What reactions are rendered with. */
export interface ReactionParts {
  readonly config: MasterConfig;
  readonly configDirectory: string;
  readonly logger: Logger;
  readonly master: CompileCallsOptions['master'];
  readonly redactionKey: Uint8Array;
}

/** Renders files of reactions in this process, with the configuration of a master. */
export function createReactionCompiler(parts: ReactionParts): ReactionRenderer {
  const { config, configDirectory, logger } = parts;
  const options = templateOptions(config, configDirectory);
  const files = createFileRoots({
    roots: new Map(Object.entries(config.file_roots)),
    disk: systemTreeDisk,
    ignoreGlobs: [],
    ignoreRegexes: [],
  });
  const templates = createTemplateThread({
    readTemplate: async (path, saltenv) => files.readText(path, saltenv),
    call: async () => null,
    log: (_level, text) => logger.info('reaction template says', { text }),
  });
  const renderer = createRenderer({
    templates,
    defaultPipeline: config.renderer,
    blacklist: config.renderer_blacklist,
    whitelist: config.renderer_whitelist,
  });
  return {
    async render(request) {
      const answers: RenderedReactions[] = [];
      for (const name of request.files) {
        try {
          const found = await readFiles(name, files);
          if (found.length === 0) answers.push(failure(missing(name)));
          for (const file of found)
            answers.push(await renderFile(file, request, { parts, options, renderer }).catch(toFailure));
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

async function renderFile(
  { file, text }: ReactionFile,
  request: ReactionRequest,
  { parts, options, renderer }: { readonly parts: ReactionParts; readonly options: Dict; readonly renderer: Renderer },
): Promise<RenderedReactions> {
  const variables: Dict = new Map<string, Dict | string>([
    ['tag', request.tag],
    ['data', request.data],
  ]);
  const calls = openCalls(parts, options);
  const ports = { call: calls.over(new Map()), has: async (name: string) => calls.has(name) };
  const context = { grains: new Map(), pillar: new Map(), options, variables, ports };
  try {
    const { value, positionOf } = await renderer.render({ file, text, saltenv: 'base', absolutePath: file }, context);
    return readReactions(value, file, positionOf);
  } finally {
    await calls.close();
  }
}

/** What the templates of one file call. */
function openCalls({ config, logger, master, redactionKey }: ReactionParts, options: Dict): CompileCalls {
  const secrets = createRunSecrets();
  return createCompileCalls({
    ...{ options, master, minionId: config.id, grains: new Map(), log: logger, clock: systemClock },
    onSecret: (text) => secrets.learn([text], redactionKey),
    redactor: secrets.redactor,
  });
}

async function readFiles(name: string, files: StateFiles): Promise<readonly ReactionFile[]> {
  if (!name.startsWith('salt://')) {
    const paths = await pathsOf(name);
    const found = await Promise.all(paths.map(async (file) => ({ file, text: await readTextFile(file) })));
    return found.flatMap(({ file, text }) => (text === undefined ? [] : [{ file, text }]));
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
