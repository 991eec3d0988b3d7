import { definitionTags } from './definition-tags.ts';
import { flowTags } from './flow-tags.ts';
import { importTags } from './import-tags.ts';
import type { TagTable } from './template-parser.ts';

/** Every tag of Jinja2 and Salt. */
export const tagTable: TagTable = new Map([...flowTags, ...definitionTags, ...importTags]);
