import { z } from 'zod';
import { text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import type { Value } from '@brine/common';
import { failure } from '../failure.ts';

const path = text().describe('Path of the file on the file server.');

export const loadMap = defineFunction({
  name: 'jinja.load_map',
  summary: 'The value of a variable of a map file.',
  args: z.object({ path, value: text().describe('Name of the variable.') }),
  examples: ["'*' jinja.load_map template/map.jinja template"],
  run({ path: file, value: name }, context) {
    if (!/^[A-Za-z_]\w*$/.test(name)) throw failure(`'${name}' is no name of a variable.`);
    return evaluate(context, `{% from ${quote(file)} import ${name} with context %}\n{{ ${name} | tojson }}\n`);
  },
});

export const importYaml = defineFunction({
  name: 'jinja.import_yaml',
  summary: 'The data of a YAML file, rendered first.',
  args: z.object({ path }),
  examples: ["'*' jinja.import_yaml template/defaults.yaml"],
  run: ({ path: file }, context) => imports(context, 'import_yaml', file),
});

export const importJson = jsonFunction('jinja.import_json');
export const importJsonInCapitals = jsonFunction('jinja.import_JSON');

function jsonFunction(name: string) {
  return defineFunction({
    name,
    summary: 'The data of a JSON file, rendered first.',
    args: z.object({ path }),
    examples: [`'*' ${name} template/defaults.json`],
    run: ({ path: file }, context) => imports(context, 'import_json', file),
  });
}

function imports(context: FunctionContext, tag: string, file: string): Promise<Value> {
  return evaluate(context, `{% ${tag} ${quote(file)} as imported %}\n{{ imported | tojson }}\n`);
}

function quote(file: string): string {
  return JSON.stringify(file);
}

async function evaluate(context: FunctionContext, template: string): Promise<Value> {
  if (context.renderPipeline === undefined) throw failure('jinja.* cannot be called from here.');
  return context.renderPipeline({
    text: template,
    file: '<template>',
    pipeline: 'jinja|yaml',
    context: new Map(),
    saltenv: 'base',
  });
}
