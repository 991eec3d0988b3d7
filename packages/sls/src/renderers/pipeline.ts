/** One renderer of a pipeline. */
export interface PipelineStage {
  readonly name: string;
  /** What follows the name. */
  readonly argument: string;
}

// Names of pipelines from before there were pipes.
const oldNames: ReadonlyMap<string, string> = new Map([
  ['yaml_jinja', 'jinja|yaml'],
  ['json_jinja', 'jinja|json'],
  ['yamlex_jinja', 'jinja|yamlex'],
  ['yaml_mako', 'mako|yaml'],
  ['json_mako', 'mako|json'],
  ['yaml_wempy', 'wempy|yaml'],
  ['json_wempy', 'wempy|json'],
]);

/** The renderers that a text's first line asks for (`#!jinja|yaml`), or `undefined` when it asks for none. */
export function readRendererLine(text: string): string | undefined {
  // A path names a program that runs the file, not a renderer.
  return /^#!(?!\/)([^\r\n]*)/.exec(text)?.[1]?.trim();
}

/** Reads `jinja -s|yaml` into its stages. */
export function parsePipeline(pipeline: string): PipelineStage[] {
  const written = oldNames.get(pipeline.trim()) ?? pipeline;
  return written.split('|').map((part) => {
    const [, name = '', argument = ''] = /^(\S*)\s*(.*)$/s.exec(part.trim()) ?? [];
    return { name, argument };
  });
}
