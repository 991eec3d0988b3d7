import { routineTable, type Routine } from '../runtime/routine.ts';
import { dataFilters } from './data-filters.ts';
import { timeFilters } from './time-filters.ts';
import { saltTextFilters } from './salt-text-filters.ts';
import { randomFilters } from './random-filters.ts';
import { networkFilters } from './network-filters.ts';
import { listFilters } from './list-filters.ts';
import { itertoolsFilters } from './itertools-filters.ts';
import { hashFilters } from './hash-filters.ts';
import { fileFilters } from './file-filters.ts';
import { dictFilters } from './dict-filters.ts';
import { htmlFilters } from './html-filters.ts';
import { numberFilters } from './number-filters.ts';
import { regexFilters } from './regex-filters.ts';
import { selectionFilters } from './selection-filters.ts';
import { sequenceFilters } from './sequence-filters.ts';
import { textFilters } from './text-filters.ts';

/** Every filter of Jinja2 and Salt; where both have one, Salt's. */
export const filterTable: ReadonlyMap<string, Routine> = routineTable([
  ...textFilters,
  ...numberFilters,
  ...sequenceFilters,
  ...selectionFilters,
  ...htmlFilters,
  ...dataFilters,
  ...regexFilters,
  ...dictFilters,
  ...fileFilters,
  ...hashFilters,
  ...itertoolsFilters,
  ...listFilters,
  ...networkFilters,
  ...randomFilters,
  ...saltTextFilters,
  ...timeFilters,
]);
