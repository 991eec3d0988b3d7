import { join } from 'node:path';
import {
  compilePythonRegex,
  createRunSecrets,
  isAppError,
  redactProblem,
  systemClock,
  type Dict,
  type Logger,
  type Problem,
  type RunSecrets,
} from '@brine/common';
import type { MasterConfig } from '@brine/common/schemas';
import { openPostgres, openSqlite } from '@brine/daemon';
import { createCompileCalls } from '@brine/minion';
import { createGpgDecrypt, createLocalHost, createNaclDecrypt } from '@brine/modules';
import type { OrchestrationPort } from '@brine/modules/kit';
import {
  compilePillar,
  compileTop,
  createDecryptingRenderers,
  createExternalPillars,
  createFileRoots,
  createRenderer,
  createTemplateThread,
  dynamicPillarEnvironment,
  pillarVersion,
  systemTreeDisk,
  type FileRoots,
  type PlaintextCache,
  type TemplateEngine,
  type TemplatePorts,
} from '@brine/sls';
import { templateOptions } from './template-options.ts';
import type { PillarAnswer, PillarRequest } from './pillar-service.ts';

/** Compiles pillars in this process. */
export interface MinionPillarCompiler {
  compile(request: PillarRequest): Promise<PillarAnswer>;
  close(): Promise<void>;
}

interface Surroundings {
  readonly config: MasterConfig;
  readonly options: Dict;
  readonly templates: TemplateEngine;
  readonly logger: Logger;
  readonly master: OrchestrationPort;
  readonly redactionKey: Uint8Array;
  /** Messages that several minions get are decrypted once for all of them. */
  readonly plaintexts: PlaintextCache;
  readonly decryptMessage: (ciphertext: Uint8Array) => Promise<Uint8Array>;
  readonly decryptBox: (box: string) => Promise<Uint8Array>;
}

/** What a compiler works with. */
export interface MinionPillarOptions {
  readonly config: MasterConfig;
  readonly configDirectory: string;
  readonly logger: Logger;
  /** Keys the fingerprints by which secrets are shown. */
  readonly redactionKey: Uint8Array;
  /** The master, for the templates that call its runners. */
  readonly master: OrchestrationPort;
}

/** Creates a compiler over the `pillar_roots` of a master's configuration. */
export function createMinionPillarCompiler(given: MinionPillarOptions): MinionPillarCompiler {
  const { config } = given;
  const options = templateOptions(config, given.configDirectory);
  const host = createLocalHost();
  // What templates reach is another for each minion; it comes in with each file.
  const templates = createTemplateThread({
    readTemplate: async () => undefined,
    call: async () => null,
    log: () => {},
  });
  const surroundings = {
    ...{ ...given, options, templates, plaintexts: new Map() },
    decryptMessage: createGpgDecrypt(host, config.gpg_keydir ?? join(given.configDirectory, 'gpgkeys')),
    decryptBox: createNaclDecrypt({ host, options }),
  };
  return {
    compile: async (request) => {
      // What fails may quote what was decrypted before.
      const secrets = createRunSecrets();
      let answer: PillarAnswer;
      try {
        answer = await compile(request, surroundings, secrets);
      } catch (error) {
        answer = { kind: 'failed', problems: [toProblem(error)] };
      }
      if (answer.kind === 'pillar') return answer;
      return { kind: 'failed', problems: answer.problems.map((problem) => redactProblem(problem, secrets.redactor)) };
    },
    close: async () => templates.close(),
  };
}

function pillarFiles(config: MasterConfig, dynamicEnvironment: string): FileRoots {
  return createFileRoots({
    roots: new Map(Object.entries(config.pillar_roots)),
    disk: systemTreeDisk,
    dynamicEnvironment,
    ignoreGlobs: config.file_ignore_glob,
    ignoreRegexes: config.file_ignore_regex.map((pattern) => compilePythonRegex(pattern)),
  });
}

/** What the files of one minion's pillar are read and rendered with. */
function prepare(request: PillarRequest, surroundings: Surroundings, known: RunSecrets) {
  const { config, templates, logger, redactionKey, plaintexts, master } = surroundings;
  const { minion, grains } = request;
  const options: Dict = new Map([...surroundings.options, ['id', minion], ['minion_id', minion], ['grains', grains]]);
  const secrets = new Set<string>();
  const onSecret = (text: string): void => {
    secrets.add(text);
    known.learn([text], redactionKey);
  };
  const { renderers, decrypters } = createDecryptingRenderers({
    gpg: surroundings.decryptMessage,
    nacl: surroundings.decryptBox,
    plaintexts,
    onSecret,
  });
  const files = pillarFiles(config, dynamicPillarEnvironment(surroundings.options, request));
  const calls = createCompileCalls({
    ...{ options, minionId: minion, grains, master, onSecret, clock: systemClock, redactor: known.redactor },
    log: logger.child({ minion }),
  });
  const ports: TemplatePorts = {
    call: calls.over(new Map()),
    has: async (name) => calls.has(name),
    readTemplate: async (path, saltenv) => files.readText(path, saltenv),
    log: (_level, message) => logger.info('pillar template says', { minion, message: known.redactor.text(message) }),
  };
  const renderer = createRenderer({
    templates,
    defaultPipeline: config.renderer,
    blacklist: config.renderer_blacklist,
    whitelist: config.renderer_whitelist,
    extra: renderers,
  });
  return {
    minionId: minion,
    grains,
    options,
    files,
    renderer,
    ports,
    decrypters,
    secrets,
    calls,
    redactor: known.redactor,
  };
}

async function compile(request: PillarRequest, surroundings: Surroundings, known: RunSecrets): Promise<PillarAnswer> {
  const { redactionKey } = surroundings;
  const { secrets, decrypters, calls, redactor, ...prepared } = prepare(request, surroundings, known);
  try {
    if (request.wants === 'top') return await compileTops(request, prepared, redactionKey);
    return await compileWhole(request, surroundings, { secrets, decrypters, calls, redactor, ...prepared });
  } finally {
    await calls.close();
  }
}

async function compileWhole(
  request: PillarRequest,
  { templates, redactionKey, logger }: Surroundings,
  { secrets, calls, redactor, ...prepared }: ReturnType<typeof prepare>,
): Promise<PillarAnswer> {
  const { pillar, problems, originsOf } = await compilePillar({
    ...prepared,
    callOver: (visible) => calls.over(visible),
    external: createExternalPillars({
      ...{ disk: systemTreeDisk, renderer: prepared.renderer, templates, template: prepared.ports },
      databases: { openSqlite, openPostgres },
    }),
    ...given(request),
  });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { kind: 'failed', problems: errors };
  for (const { summary } of problems)
    logger.warn('pillar warns', { minion: request.minion, summary: redactor.text(summary) });
  const version = pillarVersion(pillar, redactionKey);
  const origins = request.why === undefined ? {} : { origins: originsOf(request.why) };
  return { kind: 'pillar', pillar, version, secrets: [...secrets], redactionKey, ...origins };
}

/** The merged top files, as the pillar of a minion begins with them. */
async function compileTops(
  { pillarenv }: PillarRequest,
  prepared: Pick<
    Parameters<typeof compilePillar>[0],
    'minionId' | 'grains' | 'options' | 'files' | 'renderer' | 'ports'
  >,
  redactionKey: Uint8Array,
): Promise<PillarAnswer> {
  const { minionId, grains, options, files, renderer, ports } = prepared;
  const { top, problems } = await compileTop({
    ...{ kind: 'pillar', minionId, files, renderer },
    context: { grains, pillar: new Map(), options, ...(ports === undefined ? {} : { ports }) },
    ...(pillarenv === undefined ? {} : { environment: pillarenv }),
  });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { kind: 'failed', problems: errors };
  return { kind: 'pillar', pillar: top, version: pillarVersion(top, redactionKey), secrets: [], redactionKey };
}

function given({ saltenv, pillarenv, override }: PillarRequest): Partial<Parameters<typeof compilePillar>[0]> {
  return {
    ...(saltenv === undefined ? {} : { saltenv }),
    ...(pillarenv === undefined ? {} : { pillarenv }),
    ...(override === undefined ? {} : { override }),
  };
}

function toProblem(error: unknown): Problem {
  if (isAppError(error)) return error.problems[0] ?? { severity: 'error', code: error.code, summary: error.message };
  const summary = `internal error: ${error instanceof Error ? error.message : String(error)}`;
  return { severity: 'error', code: 'pillar-failed', summary };
}
