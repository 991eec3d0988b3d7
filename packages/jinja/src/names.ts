import { filterTable } from './filters/filter-table.ts';
import { globalNames } from './globals/template-globals.ts';
import { testTable } from './tests/test-table.ts';

/** The names that templates can use without anything handed to them, sorted. */
export interface JinjaNames {
  readonly filters: readonly string[];
  readonly tests: readonly string[];
  readonly globals: readonly string[];
}

/** What every template finds: for documentation and for counting what trees use. */
export function jinjaNames(): JinjaNames {
  return {
    filters: [...filterTable.keys()].toSorted(),
    tests: [...testTable.keys()].toSorted(),
    globals: globalNames().toSorted(),
  };
}
