import { pythonStr } from '../python-repr.ts';
import { isInteger, type Dict } from '../value.ts';

/** How tables are drawn: the keys `out.table.…` of the configuration. */
export interface TableStyle {
  readonly hasHeader: boolean;
  readonly separatesRows: boolean;
  readonly justify: 'left' | 'right' | 'center';
  readonly rowDelimiter: string;
  readonly delimiter: string;
  readonly prefix: string;
  readonly suffix: string;
  /** Columns after which the text of a cell goes on in the next line. */
  readonly width: number;
  readonly indent: number;
  /** Only the rows under this key are shown. */
  readonly rowsKey: string | undefined;
  /** The labels of the columns are under this key, beside the rows. */
  readonly labelsKey: string | undefined;
}

/** Reads the style; what is absent is as Salt has it. */
export function readTableStyle(settings: Dict): TableStyle {
  const get = (key: string): string | undefined => {
    const value = settings.get(`out.table.${key}`);
    return value === undefined || value === null ? undefined : pythonStr(value);
  };
  const number = (key: string, otherwise: number): number => {
    const value = settings.get(`out.table.${key}`);
    return isInteger(value) ? Number(value) : otherwise;
  };
  const justify = get('justify')?.toLowerCase();
  return {
    hasHeader: settings.get('out.table.has_header') !== false,
    separatesRows: settings.get('out.table.separate_rows') !== false,
    justify: justify === 'left' || justify === 'right' ? justify : 'center',
    rowDelimiter: get('row_delimiter') ?? '-',
    delimiter: get('delim') ?? ' | ',
    prefix: get('prefix') ?? '| ',
    suffix: get('suffix') ?? ' |',
    width: number('width', 50),
    indent: number('nested_indent', 0),
    rowsKey: get('rows_key'),
    labelsKey: get('labels_key'),
  };
}
