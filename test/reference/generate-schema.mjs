// Writes share/schema/sls.schema.json out of the declarations of states, or with --check says that it is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stateTable } from '@brine/modules';
import { describeArguments } from '@brine/modules/kit';

const file = new URL('../../share/schema/sls.schema.json', import.meta.url);

const text = { type: ['string', 'number', 'boolean'] };
const list = (items) => ({ type: 'array', ...(items === undefined ? {} : { items }) });
const object = { type: 'object' };
const wholeNumber = { anyOf: [{ type: 'integer' }, { type: 'string', pattern: '^\\s*[-+]?\\d+\\s*$' }] };
const flagWords = '^([Tt]rue|TRUE|[Yy]es|YES|[Oo]n|ON|[Ff]alse|FALSE|[Nn]o|NO|[Oo]ff|OFF|[01]|[Nn]one|)$';
const flag = { anyOf: [{ type: 'boolean' }, { enum: [0, 1] }, { type: 'string', pattern: flagWords }] };

// What schemas of arguments say they expect → the values of YAML that are it.
const kinds = {
  text,
  'text on one line': { ...text, pattern: '^[^\\n\\r]*$' },
  'text on one line that does not start with a dash': { ...text, pattern: '^(?!-)[^\\n\\r]*$' },
  'text or a number': text,
  'a whole number': wholeNumber,
  'a number': { anyOf: [{ type: 'number' }, { type: 'string', pattern: '^\\s*[-+]?[\\d.]+\\s*$' }] },
  'true or false': flag,
  'a name or a number': { type: ['string', 'integer'] },
  "an octal mode such as '0644'": { type: ['string', 'integer'], pattern: '^(0o)?[0-7]{1,5}$' },
  'a text or a list of texts': { anyOf: [text, list(text)] },
  'a list of texts, or a text with commas': { anyOf: [text, list(text)] },
  'a whole number or a list of them': { anyOf: [wholeNumber, list(wholeNumber)] },
  'a list': list(),
  'a dict': object,
  'a dict or a list of dicts': { anyOf: [object, list(object)] },
  'a value': {},
  nothing: { enum: [null, false], deprecated: true },
};

// Editors see templates as text, and an unquoted {{ x }} as a mapping whose key is one.
const template = {
  description: 'A Jinja expression.',
  anyOf: [
    { type: 'string', pattern: '\\{[{%]' },
    { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: { type: 'null' } },
  ],
};

function ofExpectation(expected) {
  if (expected === undefined) return {};
  if (Object.hasOwn(kinds, expected)) return kinds[expected];
  const choices = /^one of (.*)$/s.exec(expected)?.[1];
  if (choices !== undefined && !choices.includes(' or ')) return { enum: choices.split(', ') };
  // Of what is either of two the words may be told apart at any "or".
  for (const { index } of expected.matchAll(/ or /g)) {
    const sides = [expected.slice(0, index), expected.slice(index + 4)].map(ofExpectation);
    if (sides.every((side) => Object.keys(side).length > 0)) return { anyOf: sides };
  }
  return {};
}

function ofArgument(schema, { description, default: standard }) {
  const value = ofExpectation(schema.meta()?.expected);
  const allowed =
    Object.keys(value).length === 0 ? {} : { anyOf: [{ type: 'null' }, value, { $ref: '#/$defs/template' }] };
  const isPlain = ['string', 'number', 'boolean'].includes(typeof standard);
  return { description, ...(isPlain ? { default: standard } : {}), ...allowed };
}

const references = {
  description: 'Other states, as {MODULE: ID OR NAME} or by their ids.',
  anyOf: [list({ anyOf: [{ type: 'string' }, { type: 'object', minProperties: 1 }] }), { $ref: '#/$defs/template' }],
};
const directions = [
  ...['require', 'require_any', 'watch', 'watch_any', 'prereq', 'onfail', 'onfail_any', 'onfail_all', 'onchanges'],
  ...['onchanges_any', 'listen', 'use', 'require_in', 'watch_in', 'onfail_in', 'onchanges_in', 'prereq_in'],
  ...['listen_in', 'use_in'],
];
const condition = {
  anyOf: [text, list({ anyOf: [{ type: 'string' }, object, { type: 'boolean' }] }), object, { type: 'null' }],
};
const common = {
  ...Object.fromEntries(directions.map((name) => [name, references])),
  onlyif: { description: 'Commands, or functions, that must succeed for the state to run.', ...condition },
  unless: { description: 'Commands, or functions, that must fail for the state to run.', ...condition },
  creates: {
    description: 'Paths that make the state unnecessary once they are there.',
    ...kinds['a text or a list of texts'],
  },
  check_cmd: { description: 'Commands that must succeed for the state to count as done.', ...condition },
  order: {
    description: 'Place in the run: a number, first or last.',
    anyOf: [{ type: 'integer' }, { enum: ['first', 'last'] }],
  },
  failhard: { description: 'Whether a failure ends the run.', ...flag },
  retry: {
    description: 'How often and how long the state is tried anew.',
    anyOf: [flag, object, list(object), { type: 'integer' }],
  },
  parallel: { description: 'Whether the state runs beside those that follow.', ...flag },
  names: { description: 'Makes a state for each name, with arguments of its own.', type: 'array' },
  name: { description: 'What the state is about; the id unless given.', ...text },
  runas: { description: 'The user commands of onlyif, unless and check_cmd run as.', ...text },
  timeout: { description: 'Seconds the state may take.', ...kinds['a number'] },
  umask: { description: 'The umask of commands.', ...text },
  saltenv: { description: 'The environment files come from.', ...text },
  reload_modules: { description: 'Accepted for compatibility.', ...flag },
  reload_grains: { description: 'Whether grains are collected anew afterwards.', ...flag },
  reload_pillar: { description: 'Whether pillar is compiled anew afterwards.', ...flag },
  aggregate: { description: 'Whether states of the same kind are done together.', ...flag },
  fire_event: { description: 'Whether, or under which tag, an event tells of the result.', anyOf: [flag, text] },
  onfail_stop: { description: 'Whether a failure keeps what requires this from running.', ...flag },
};

async function definitions() {
  const entries = [];
  for (const name of Object.keys(stateTable).toSorted()) {
    const declaration = await stateTable[name]();
    const shape = declaration.args.shape;
    const properties = Object.fromEntries(
      describeArguments(declaration.args).map((argument) => [
        argument.name,
        ofArgument(shape[argument.name], argument),
      ]),
    );
    const more = declaration.acceptsUnknown === true || /^(module|iptables)\./.test(name);
    const item = {
      type: 'object',
      properties: Object.fromEntries(
        [...new Set([...Object.keys(common), ...Object.keys(properties)])].map((key) => [
          key,
          properties[key] ?? { $ref: `#/$defs/common/${key}` },
        ]),
      ),
      minProperties: 1,
      ...(more ? {} : { additionalProperties: false }),
    };
    entries.push([name, { description: declaration.summary, type: ['array', 'null'], items: { anyOf: [item] } }]);
  }
  return Object.fromEntries(entries);
}

const states = await definitions();
const names = Object.keys(states);
const modules = [...new Set(names.map((name) => name.split('.')[0]))];
const functionsOf = (module) =>
  names.filter((name) => name.startsWith(`${module}.`)).map((name) => name.slice(module.length + 1));

const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $comment: 'Generated by `npm run reference` from the declarations; changes here are lost.',
  title: 'SLS file of Brine',
  type: ['object', 'null'],
  properties: {
    include: { description: 'SLS files whose states are added.', type: 'array', items: { type: ['string', 'object'] } },
    exclude: { description: 'Ids and SLS files that are left out.', type: 'array' },
    extend: {
      description: 'Adds to states of other files.',
      type: 'object',
      additionalProperties: { $ref: '#/$defs/id' },
    },
  },
  additionalProperties: { $ref: '#/$defs/id' },
  $defs: {
    template,
    common,
    states,
    id: {
      anyOf: [
        { description: 'A state without arguments.', enum: names },
        {
          type: 'object',
          properties: {
            ...Object.fromEntries(names.map((name) => [name, { $ref: `#/$defs/states/${name}` }])),
            ...Object.fromEntries(
              modules.map((module) => [
                module,
                {
                  description: `A function of ${module} as a word among the arguments.`,
                  type: 'array',
                  items: { anyOf: [{ enum: functionsOf(module) }, object] },
                },
              ]),
            ),
          },
          patternProperties: { '\\{[{%]|^__': {} },
          additionalProperties: false,
        },
        { $ref: '#/$defs/template' },
      ],
    },
  },
};

// Broken into lines as far as changes to different states stay apart, no further.
function print(value, depth) {
  if (depth === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Array.isArray(value)
    ? value.map((item) => print(item, depth - 1))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${JSON.stringify(key)}: ${print(item, depth - 1)}`);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  return members.length === 0 ? open + close : `${open}\n${members.join(',\n')}\n${close}`;
}

const content = `${print(schema, 6)}\n`;
if (process.argv.includes('--check')) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== content) {
    process.stderr.write("stale: share/schema/sls.schema.json; run 'npm run reference' and commit it\n");
    process.exitCode = 1;
  }
} else {
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, content);
}
