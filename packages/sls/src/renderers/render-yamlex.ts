import { aggregateValues, isDict, loadYaml, type Dict, type Value, type YamlDialect } from '@brine/common';
import { isFalsy } from './render-yaml.ts';
import type { StageRenderer } from './stage.ts';
import { checkArgument, textInput } from './text-input.ts';

/**
 * The `yamlex` renderer: YAML in which a key may be repeated. Values that are marked `!aggregate` are then joined
 * with the earlier ones, and so they are when pillars merge; `!reset` at a key drops what was there before.
 */
export const renderYamlex: StageRenderer = async (input, request) => {
  checkArgument(request);
  const { aggregates, source } = request;
  const origins = input.rendered === undefined ? {} : { lineOrigins: input.rendered.lineOrigins };
  const dialect = createDialect(aggregates);
  const document = loadYaml(textInput(input, request), { file: source.file, dialect, ...origins });
  const { value } = document;
  // The document as a whole counts as marked.
  if (isContainer(value)) aggregates.add(value);
  const positionOf: typeof document.positionOf = (container, key) => document.positionOf(container, key);
  return Promise.resolve(isFalsy(value) ? { value: new Map() } : { value, positionOf });
};

function createDialect(aggregates: WeakSet<object>): YamlDialect {
  return {
    applyTag(tag, value, place) {
      if (tag === '!reset') return value;
      if (tag !== '!aggregate' || place === 'key') return undefined;
      const container = value === null ? [] : isContainer(value) ? value : [value];
      aggregates.add(container);
      return container;
    },
    joinRepeated(earlier, later, keyTag) {
      return keyTag === '!reset' ? later : aggregateValues(earlier, later, aggregates);
    },
  };
}

function isContainer(value: Value): value is Value[] | Dict {
  return Array.isArray(value) || isDict(value);
}
