/** An answer with a status of Salt's servers and a message; what the API itself refuses. */
export class HttpProblem extends Error {
  readonly status: number;
  /** One of the catalogued codes. */
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, further: { code?: string; headers?: Record<string, string> } = {}) {
    super(message);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = further.code ?? codeOf(status);
    this.headers = further.headers ?? {};
  }
}

const codes: ReadonlyMap<number, string> = new Map([
  [400, 'request-invalid'],
  [401, 'login-needed'],
  [403, 'access-refused'],
  [404, 'route-unknown'],
  [405, 'method-unknown'],
  [406, 'media-type-unknown'],
  [409, 'request-conflict'],
  [413, 'request-too-large'],
  [426, 'upgrade-needed'],
  [429, 'too-many-requests'],
  [503, 'master-stopping'],
  [504, 'call-timed-out'],
]);

function codeOf(status: number): string {
  return codes.get(status) ?? 'request-invalid';
}

/** The refusal of everything that needs a session and has none. */
export function noSession(): HttpProblem {
  return new HttpProblem(401, 'No permission -- see authorization schemes', {
    headers: { 'www-authenticate': 'Session' },
  });
}
