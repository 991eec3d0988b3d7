import { routineTable, type Routine } from '../runtime/routine.ts';
import { dataFilters } from './data-filters.ts';
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
]);
