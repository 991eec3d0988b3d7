import { AppError, Float, isDict, type Dict, type Value } from '@brine/common';

/** Reads TOML 1.0. Throws `text-serialize` with the line of what it is not; dates have no value here and are refused. */
export function readToml(text: string): Dict {
  return new Reader(text.replaceAll('\r\n', '\n')).read();
}

const escapes: Readonly<Record<string, string>> = {
  ...{ b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001B', '"': '"', '\\': '\\' },
};

class Reader {
  private at = 0;
  private readonly text: string;
  private readonly root: Dict = new Map();
  /** Tables that a header named, and those that were written inline: neither is opened again. */
  private readonly closed = new Set<Value>();

  constructor(text: string) {
    this.text = text;
  }

  read(): Dict {
    let table = this.root;
    for (this.skipLines(); this.at < this.text.length; this.skipLines()) {
      if (this.text[this.at] === '[') table = this.readHeader();
      else this.readPair(table);
      this.skipBlanks();
      if (this.at < this.text.length && this.text[this.at] !== '\n') throw this.fault('something behind a value');
    }
    return this.root;
  }

  private readHeader(): Dict {
    const isList = this.text.startsWith('[[', this.at);
    this.at += isList ? 2 : 1;
    const keys = this.readKeys();
    if (!this.text.startsWith(isList ? ']]' : ']', this.at)) throw this.fault('a header that is not closed');
    this.at += isList ? 2 : 1;
    const last = keys.pop() ?? '';
    const above = this.descend(this.root, keys);
    return isList ? this.appendTable(above, last) : this.openTable(above, last);
  }

  private appendTable(above: Dict, key: string): Dict {
    const list = above.get(key) ?? [];
    if (!Array.isArray(list) || this.closed.has(list)) throw this.fault(`${key} is no list of tables`);
    const table: Dict = new Map();
    list.push(table);
    above.set(key, list);
    return table;
  }

  private openTable(above: Dict, key: string): Dict {
    const table = above.get(key) ?? new Map<Value, Value>();
    if (!isDict(table) || this.closed.has(table)) throw this.fault(`${key} is there already`);
    above.set(key, table);
    this.closed.add(table);
    return table;
  }

  private descend(from: Dict, keys: readonly string[]): Dict {
    let table = from;
    for (const key of keys) {
      const found = table.get(key) ?? new Map<Value, Value>();
      const next = Array.isArray(found) ? found.at(-1) : found;
      if (!isDict(next ?? null)) throw this.fault(`${key} is no table`);
      table.set(key, found);
      table = next as Dict;
    }
    return table;
  }

  private readPair(table: Dict): void {
    const keys = this.readKeys();
    if (this.text[this.at] !== '=') throw this.fault('a key without a value');
    this.at += 1;
    this.skipBlanks();
    const last = keys.pop() ?? '';
    const place = this.descend(table, keys);
    if (place.has(last)) throw this.fault(`${last} is there already`);
    place.set(last, this.readValue());
  }

  private readKeys(): string[] {
    const keys: string[] = [];
    for (;;) {
      this.skipBlanks();
      const quote = this.text[this.at];
      if (quote === '"' || quote === "'") keys.push(this.readText());
      else keys.push(this.match(/[\w-]+/y) ?? this.refuse('a key is missing'));
      this.skipBlanks();
      if (this.text[this.at] !== '.') return keys;
      this.at += 1;
    }
  }

  private readValue(): Value {
    const first = this.text[this.at];
    if (first === '"' || first === "'") return this.readText();
    if (first === '[') return this.readList();
    if (first === '{') return this.readInlineTable();
    const word = this.match(/[\w+:.-]+/y) ?? this.refuse('a value is missing');
    return this.toValue(word);
  }

  private toValue(word: string): Value {
    if (word === 'true' || word === 'false') return word === 'true';
    const plain = word.replaceAll('_', '');
    if (/^(?:[+-]?(?:0|[1-9]\d*)|0x[0-9a-f]+|0o[0-7]+|0b[01]+)$/i.test(plain)) return toInteger(plain);
    if (/^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(plain)) return new Float(Number(plain));
    const [, sign, special] = /^([+-]?)(inf|nan)$/.exec(word) ?? [];
    if (special !== undefined) return new Float(special === 'nan' ? Number.NaN : sign === '-' ? -Infinity : Infinity);
    throw this.fault(/^\d\d/.test(word) ? 'a date or time, which no data stand for' : `${word} is no value`);
  }

  private readList(): Value {
    this.at += 1;
    const items: Value[] = [];
    for (;;) {
      this.skipLines();
      if (this.text[this.at] === ']') break;
      items.push(this.readValue());
      this.skipLines();
      if (this.text[this.at] === ',') this.at += 1;
      else if (this.text[this.at] !== ']') throw this.fault('a list that is not closed');
    }
    this.at += 1;
    this.closed.add(items);
    return items;
  }

  private readInlineTable(): Value {
    this.at += 1;
    const table: Dict = new Map();
    for (;;) {
      this.skipBlanks();
      if (this.text[this.at] === '}') break;
      this.readPair(table);
      this.skipBlanks();
      if (this.text[this.at] === ',') this.at += 1;
      else if (this.text[this.at] !== '}') throw this.fault('a table that is not closed');
    }
    this.at += 1;
    this.closed.add(table);
    return table;
  }

  private readText(): string {
    const quote = this.text[this.at] ?? '';
    if (this.text.startsWith(quote.repeat(3), this.at)) return this.readLongText(quote);
    const raw = this.match(quote === '"' ? /"(?:[^"\\\n]|\\.)*"/y : /'[^'\n]*'/y) ?? this.refuse('a text without end');
    return quote === '"' ? this.unescape(raw.slice(1, -1)) : raw.slice(1, -1);
  }

  private readLongText(quote: string): string {
    const form = quote === '"' ? /"""(?:[^"\\]|\\[\s\S]|"(?!""))*"{3,5}/y : /'''(?:[^']|'(?!''))*'{3,5}/y;
    const raw = this.match(form) ?? this.refuse('a text without end');
    const inner = raw.slice(3, -3).replace(/^\n/, '');
    return quote === '"' ? this.unescape(inner.replace(/\\[ \t]*\n\s*/g, '')) : inner;
  }

  private unescape(text: string): string {
    return text.replace(/\\(u[0-9a-f]{4}|U[0-9a-f]{8}|[\s\S])/gi, (_, code: string) => {
      if (code.length > 1) return String.fromCodePoint(parseInt(code.slice(1), 16));
      return escapes[code] ?? this.refuse(`\\${code} means nothing`);
    });
  }

  private match(form: RegExp): string | undefined {
    form.lastIndex = this.at;
    const [found] = form.exec(this.text) ?? [];
    this.at += found?.length ?? 0;
    return found;
  }

  private skipBlanks(): void {
    this.match(/[ \t]*(?:#[^\n]*)?/y);
  }

  private skipLines(): void {
    this.match(/(?:\s|#[^\n]*)*/y);
  }

  private refuse(what: string): never {
    throw this.fault(what);
  }

  private fault(what: string): AppError {
    const line = this.text.slice(0, this.at).split('\n').length;
    return new AppError({ code: 'text-serialize', message: `not TOML: ${what} (line ${line})` });
  }
}

function toInteger(word: string): Value {
  const value = word.startsWith('-') ? -BigInt(word.slice(1)) : BigInt(word.replace('+', ''));
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
