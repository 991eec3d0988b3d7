/** A cookie that outlives the call. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** The host that set it; with a dot before it, that of all hosts below it as well. */
  readonly domain: string;
  readonly path: string;
  readonly isSecure: boolean;
  /** Seconds since the epoch; absent for one of a session. */
  readonly expires: number | undefined;
}

/** Whether a cookie is for an address (RFC 6265, 5.4). */
export function isSentTo({ domain, path, isSecure, expires }: Cookie, url: URL): boolean {
  const bare = domain.replace(/^\./, '');
  const isHost = url.hostname === bare || (domain.startsWith('.') && url.hostname.endsWith(domain));
  const isBelow = url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
  const isFresh = expires === undefined || expires * 1000 > Date.now();
  return isHost && isBelow && isFresh && (!isSecure || url.protocol === 'https:');
}

/** Reads a `Set-Cookie` of an answer; nothing for one that is for another place than where it came from. */
export function readCookie(line: string, place: URL): readonly Cookie[] {
  const [pair = '', ...rest] = line.split(';').map((part) => part.trim());
  const [, name, value = ''] = /^([^=\s]+)=(.*)$/.exec(pair) ?? [];
  const members = new Map(rest.map((part) => [part.split('=')[0]?.toLowerCase(), part.slice(part.indexOf('=') + 1)]));
  const domain = domainOf(members.get('domain')?.replace(/^\./, '').toLowerCase(), place.hostname);
  if (name === undefined || domain === undefined) return [];
  const path = members.get('path') ?? '';
  const usualPath = place.pathname.replace(/\/[^/]*$/, '') || '/';
  const isSecure = members.has('secure');
  return [{ name, value, domain, isSecure, expires: endOf(members), path: path.startsWith('/') ? path : usualPath }];
}

/** No host may set cookies for others beside it, nor for all of a top-level domain. */
function domainOf(wanted: string | undefined, host: string): string | undefined {
  if (wanted === undefined || wanted === host) return wanted === undefined ? host : `.${wanted}`;
  return wanted.includes('.') && host.endsWith(`.${wanted}`) ? `.${wanted}` : undefined;
}

function endOf(members: ReadonlyMap<string | undefined, string>): number | undefined {
  const [age, date] = [members.get('max-age'), members.get('expires')];
  if (age !== undefined && /^-?\d+$/.test(age)) return Math.floor(Date.now() / 1000) + Number(age);
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

/** Reads a file of cookies, of either format. */
export function readJar(text: string): readonly Cookie[] {
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('Set-Cookie3:')) return readLwpLine(line.slice('Set-Cookie3:'.length));
    return line.startsWith('#') ? [] : readMozillaLine(line);
  });
}

/** Writes a file of cookies as Python's `http.cookiejar` does. */
export function writeJar(cookies: readonly Cookie[], format: 'lwp' | 'mozilla'): string {
  if (format === 'mozilla') return ['# Netscape HTTP Cookie File', ...cookies.map(mozillaLine), ''].join('\n');
  return ['#LWP-Cookies-2.0', ...cookies.map(lwpLine), ''].join('\n');
}

function mozillaLine({ name, value, domain, path, isSecure, expires }: Cookie): string {
  const flag = (is: boolean): string => (is ? 'TRUE' : 'FALSE');
  return [domain, flag(domain.startsWith('.')), path, flag(isSecure), String(expires ?? ''), name, value].join('\t');
}

function readMozillaLine(line: string): readonly Cookie[] {
  const [domain = '', , path = '', secure = '', expires = '', name = '', value = ''] = line.split('\t');
  if (name === '') return [];
  return [
    { name, value, domain, path, isSecure: secure === 'TRUE', expires: expires === '' ? undefined : Number(expires) },
  ];
}

function lwpLine({ name, value, domain, path, isSecure, expires }: Cookie): string {
  const date = new Date((expires ?? 0) * 1000).toISOString().replace('T', ' ').slice(0, 19);
  const words = [
    `${name}=${quoted(value)}`,
    `path="${path}"`,
    `domain=${quoted(domain)}`,
    'path_spec',
    ...(domain.startsWith('.') ? ['domain_dot'] : []),
    ...(isSecure ? ['secure'] : []),
    ...(expires === undefined ? ['discard'] : [`expires="${date}Z"`]),
    'version=0',
  ];
  return `Set-Cookie3: ${words.join('; ')}`;
}

function quoted(value: string): string {
  return /^\w+$/.test(value) ? value : `"${value.replace(/(["\\])/g, '\\$1')}"`;
}

function readLwpLine(line: string): readonly Cookie[] {
  const words = Array.from(line.matchAll(/([^\s=;]+)(?:=("(?:[^"\\]|\\.)*"|[^;]*))?/g), ([, name = '', value]) => {
    const plain = value?.startsWith('"') === true ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value?.trim();
    return [name, plain ?? ''] as const;
  });
  const [first, ...rest] = words;
  const members = new Map(rest);
  const [domain, path] = [members.get('domain'), members.get('path')];
  if (first === undefined || domain === undefined || path === undefined) return [];
  const time = Date.parse((members.get('expires') ?? '').replace(' ', 'T'));
  return [
    {
      ...{ name: first[0], value: first[1], domain, path, isSecure: members.has('secure') },
      expires: Number.isNaN(time) ? undefined : Math.floor(time / 1000),
    },
  ];
}
