import { posix } from 'node:path';
import { pythonStr, type Dict, type Value } from '@brine/common';
import { createGpgDecrypt, createNaclDecrypt } from '@brine/modules';
import type { Host, PipelineRequest, RenderRequest } from '@brine/modules/kit';
import {
  createDecryptingRenderers,
  createRenderer,
  createTemplateThread,
  jinjaSettings,
  templateVariables,
  type DecryptingRenderers,
  type InjectedRenderer,
  type Renderer,
  type StateFiles,
  type TemplateEngine,
  type TemplateFilesPort,
  type TemplatePorts,
} from '@brine/sls';
import { minionError } from '../errors.ts';
import type { CallEnvironmentOptions } from './call-request.ts';

/** What templates of a call reach. */
export interface TemplateSurroundings {
  readonly request: CallEnvironmentOptions;
  /** Told what is decrypted. */
  readonly keepSecret: (text: string) => Promise<void>;
  readonly host: Host;
  readonly files: StateFiles;
  call(name: string, positional: readonly Value[], keyword: Dict): Promise<Value>;
  has(name: string): boolean;
  /** What templates see; looked up when the first is rendered. */
  context(): Promise<{ readonly grains: Dict; readonly pillar: Dict; readonly options: Dict }>;
}

/** Everything that renders in a call. */
export interface Templates {
  readonly engine: TemplateEngine;
  readonly renderer: Renderer;
  /** What templates reach, unless a request brings other ports. */
  readonly ports: TemplatePorts;
  /** Decrypt what `decrypt_pillar` names. */
  readonly decrypters: DecryptingRenderers['decrypters'];
  render(request: RenderRequest): Promise<string>;
  renderPipeline(request: PipelineRequest): Promise<Value>;
}

/** Creates what renders; no thread is started before the first template. */
export function createTemplates(surroundings: TemplateSurroundings): Templates {
  const { request } = surroundings;
  const ports = portsOf(surroundings);
  const engine = createTemplateThread(ports);
  const { renderers, decrypters } = createDecrypters(surroundings);
  const renderer = rendererOver(engine, request.options, renderers);
  return {
    engine,
    renderer,
    ports,
    decrypters,
    render: (wanted) => renderText(surroundings, engine, wanted),
    renderPipeline: async ({ text, file, pipeline, saltenv, context }) => {
      const { value, warnings } = await renderer.render(
        { text, file, saltenv, ...(pipeline === undefined ? {} : { pipeline }) },
        { ...(await surroundings.context()), variables: context },
      );
      for (const { summary } of warnings) request.log.warn('renderer warned', { file, summary });
      return value;
    },
  };
}

function portsOf(surroundings: TemplateSurroundings): TemplatePorts {
  const { host, files, request } = surroundings;
  return {
    call: (name, positional, keyword) => surroundings.call(name, positional, keyword),
    has: (name) => Promise.resolve(surroundings.has(name)),
    files: templateFiles(host),
    readTemplate: (path, saltenv) => files.readText(path, saltenv),
    log: (level, message) => request.log[isLevel(level) ? level : 'info']('template says', { message }),
  };
}

function rendererOver(
  templates: TemplateEngine,
  options: Dict,
  extra: ReadonlyMap<string, InjectedRenderer>,
): Renderer {
  const defaultPipeline = options.get('renderer');
  return createRenderer({
    templates,
    extra,
    defaultPipeline: typeof defaultPipeline === 'string' ? defaultPipeline : 'jinja|yaml',
    blacklist: texts(options.get('renderer_blacklist')),
    whitelist: texts(options.get('renderer_whitelist')),
  });
}

function createDecrypters({ request: { options }, host, keepSecret }: TemplateSurroundings): DecryptingRenderers {
  const configured = options.get('gpg_keydir');
  const standard = posix.join(pythonStr(options.get('config_dir') ?? '/etc/salt'), 'gpgkeys');
  const keys = typeof configured === 'string' && configured !== '' ? configured : standard;
  return createDecryptingRenderers({
    gpg: createGpgDecrypt(host, keys),
    nacl: createNaclDecrypt({ host, options }),
    onSecret: keepSecret,
    mustSucceed: options.get('gpg_decrypt_must_succeed') !== false,
  });
}

async function renderText(
  surroundings: TemplateSurroundings,
  engine: TemplateEngine,
  wanted: RenderRequest,
): Promise<string> {
  if (wanted.engine !== 'jinja') {
    throw minionError('renderer-unsupported', `Specified template format ${wanted.engine} is not supported`);
  }
  const visible = await surroundings.context();
  const variables = templateVariables({ file: wanted.file, saltenv: wanted.saltenv, ...visible });
  for (const [name, value] of wanted.context) variables.set(name, value);
  const { settings } = jinjaSettings(surroundings.request.options, false);
  const { text, file, saltenv } = wanted;
  return (await engine.render({ text, file, saltenv, variables, settings })).text;
}

/** The few looks at files and users that filters take. */
function templateFiles(host: Host): TemplateFilesPort {
  const { files } = host;
  return {
    read: (path, limit) => files.read(path, limit === undefined ? {} : { limit }),
    size: async (path) => (await files.stat(path, { follow: true }))?.size,
    isFile: async (path) => (await files.stat(path, { follow: true }))?.kind === 'file',
    list: (folder) => listBelow(host, folder),
    which: (program) => host.which(program),
    userId: async (name) => (await host.account(name ?? host.identity().uid))?.uid,
  };
}

async function listBelow(host: Host, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of (await host.files.list(folder)) ?? []) {
    const path = posix.join(folder, name);
    found.push(path);
    if ((await host.files.stat(path))?.kind === 'directory') found.push(...(await listBelow(host, path)));
  }
  return found;
}

function texts(value: Value | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(pythonStr) : [];
}

function isLevel(level: string): level is 'error' | 'warn' | 'info' | 'debug' | 'trace' {
  return ['error', 'warn', 'info', 'debug', 'trace'].includes(level);
}
