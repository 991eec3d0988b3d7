import {
  aggregateValues,
  isDict,
  loadYaml,
  type Dict,
  type LoadYamlOptions,
  type Value,
  type YamlDialect,
  type YamlDocument,
} from '@brine/common';
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
  const document = loadYamlex(textInput(input, request), { aggregates, file: source.file, ...origins });
  const positionOf: typeof document.positionOf = (container, key) => document.positionOf(container, key);
  return Promise.resolve(isFalsy(document.value) ? { value: new Map() } : { value: document.value, positionOf });
};

/** Reads YAML in that dialect; what is marked goes into `aggregates`. */
export function loadYamlex(
  text: string,
  { aggregates, ...options }: Omit<LoadYamlOptions, 'dialect'> & { readonly aggregates: WeakSet<object> },
): YamlDocument {
  const document = loadYaml(text, { ...options, dialect: createDialect(aggregates) });
  // The document as a whole counts as marked.
  if (isContainer(document.value)) aggregates.add(document.value);
  return document;
}

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
