import { isDict, loadYaml, type Value } from '@brine/common';
import type { StageRenderer } from './stage.ts';
import { checkArgument, textInput } from './text-input.ts';

/** The `yaml` renderer: text to data. What is empty or false becomes an empty dict, as in Salt. */
export const renderYaml: StageRenderer = async (input, request) => {
  // -o asked for keys in order, which they always are.
  checkArgument(request, ['-o']);
  const origins = input.rendered === undefined ? {} : { lineOrigins: input.rendered.lineOrigins };
  const document = loadYaml(textInput(input, request), { file: request.source.file, ...origins });
  if (isFalsy(document.value)) return { value: new Map() };
  return Promise.resolve({
    value: document.value,
    positionOf: (container, key) => document.positionOf(container, key),
  });
};

/** Whether Python takes a value for false. */
export function isFalsy(value: Value): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isDict(value)) return value.size === 0;
  if (value instanceof Uint8Array) return value.length === 0;
  return value === null || value === false || value === '' || (typeof value !== 'boolean' && Number(value) === 0);
}
