import { isDict, type Dict, type Redactor, type Value } from '@brine/common';
import type { RequestStore } from '@brine/sls';

/** The same store without secrets in the foretold runs that it keeps; arguments stay true, for they are used. */
export function redactRequests(store: RequestStore, redactor: Redactor): RequestStore {
  return {
    read: () => store.read(),
    write: (requests) => store.write(redactor.isOpen ? requests : redacted(requests, redactor)),
  };
}

function redacted(requests: Dict, redactor: Redactor): Dict {
  return new Map(
    Array.from(requests, ([name, kept]): [Value, Value] => {
      if (!isDict(kept)) return [name, kept];
      const shown: Dict = new Map(kept);
      return [name, shown.set('test_run', redactor.value(kept.get('test_run') ?? null))];
    }),
  );
}
