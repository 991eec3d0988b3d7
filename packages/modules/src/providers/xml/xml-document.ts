import { AppError } from '@brine/common';

/** An element of an XML text and where it stands in it. */
export interface XmlElement {
  /** Its name; in a namespace `{URI}name`. */
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly parent: XmlElement | undefined;
  /** The text before the first child; empty when there is none. */
  readonly text: string;
  /** Where its start tag is, from `<` to behind `>`. */
  readonly startTag: Span;
  /** Where what becomes its text stands; empty behind the start tag of `<a/>`. */
  readonly textSpan: Span;
  readonly isEmptyTag: boolean;
}

/** A part of a text, from one position to before another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

interface Building {
  readonly name: string;
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Building[];
  readonly parent: Building | undefined;
  readonly namespaces: ReadonlyMap<string, string>;
  text: string;
  readonly startTag: Span;
  textSpan: Span;
  readonly isEmptyTag: boolean;
}

const nameForm = /[^\s/>=<"'&]+/y;
const deepest = 1000;

/** Reads an XML text and gives its root. Throws `state-failed` with line and column where it is none. */
export function readXml(source: string): XmlElement {
  return new Reader(source).read();
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

class Reader {
  private at = 0;
  private root: Building | undefined;
  private open: Building | undefined;
  private depth = 0;
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  read(): XmlElement {
    if (this.source.startsWith('\uFEFF')) this.at = 1;
    while (this.at < this.source.length) this.readNext();
    if (this.open !== undefined) throw this.fault('no element found');
    if (this.root === undefined) throw this.fault('no element found');
    return this.root;
  }

  private readNext(): void {
    const { source, at } = this;
    if (source[at] !== '<') return this.readText();
    if (source.startsWith('<!--', at)) return this.skipTo('-->');
    if (source.startsWith('<![CDATA[', at)) return this.readCdata();
    if (source.startsWith('<?', at)) return this.skipTo('?>');
    if (source.startsWith('<!DOCTYPE', at)) return this.skipDoctype();
    return source[at + 1] === '/' ? this.readEndTag() : this.readStartTag();
  }

  private readText(): void {
    const end = this.source.indexOf('<', this.at);
    const raw = this.source.slice(this.at, end === -1 ? undefined : end);
    if (this.open === undefined && raw.trim() !== '') throw this.fault('syntax error');
    this.addText(this.decode(raw));
    this.at += raw.length;
  }

  private addText(text: string): void {
    if (this.open !== undefined && this.open.children.length === 0) this.open.text += text.replaceAll('\r\n', '\n');
  }

  private readCdata(): void {
    const end = this.find(']]>');
    if (this.open === undefined) throw this.fault('syntax error');
    this.addText(this.source.slice(this.at + 9, end));
    this.at = end + 3;
  }

  private skipTo(mark: string): void {
    this.at = this.find(mark) + mark.length;
  }

  // Declarations of entities are not read; what uses one is refused.
  private skipDoctype(): void {
    const [whole] = /^<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>/.exec(this.source.slice(this.at)) ?? [];
    if (whole === undefined) throw this.fault('unclosed token');
    this.at += whole.length;
  }

  private find(mark: string): number {
    const end = this.source.indexOf(mark, this.at);
    if (end === -1) throw this.fault('unclosed token');
    return end;
  }

  private readEndTag(): void {
    const { open } = this;
    const end = this.find('>');
    if (open === undefined || this.source.slice(this.at + 2, end).trim() !== open.name)
      throw this.fault('mismatched tag');
    if (open.children.length === 0) open.textSpan = { from: open.startTag.to, to: this.at };
    this.open = open.parent;
    this.depth -= 1;
    this.at = end + 1;
  }

  private readStartTag(): void {
    const from = this.at;
    if (this.open === undefined && this.root !== undefined) throw this.fault('junk after document element');
    this.at += 1;
    const name = this.readName();
    const raw = this.readAttributes();
    const isEmptyTag = this.source[this.at] === '/';
    this.at += isEmptyTag ? 2 : 1;
    if (this.source[this.at - 1] !== '>') throw this.fault('not well-formed (invalid token)');
    const namespaces = this.namespacesOf(raw);
    const parent = this.open;
    const element: Building = {
      ...{ name, parent, namespaces, isEmptyTag, children: [], text: '' },
      tag: this.expand(name, namespaces, namespaces.get('')),
      attributes: new Map(
        [...raw]
          .filter(([key]) => key !== 'xmlns' && !key.startsWith('xmlns:'))
          .map(([key, value]) => [this.expand(key, namespaces, undefined), value]),
      ),
      startTag: { from, to: this.at },
      textSpan: { from: this.at, to: this.at },
    };
    if (parent !== undefined && parent.children.length === 0) parent.textSpan = { from: parent.startTag.to, to: from };
    parent?.children.push(element);
    this.root ??= element;
    if (isEmptyTag) return;
    this.depth += 1;
    if (this.depth > deepest) throw this.fault('elements are nested too deep');
    this.open = element;
  }

  private readName(): string {
    nameForm.lastIndex = this.at;
    const [name] = nameForm.exec(this.source) ?? [];
    if (name === undefined) throw this.fault('not well-formed (invalid token)');
    this.at += name.length;
    return name;
  }

  private readAttributes(): ReadonlyMap<string, string> {
    const found = new Map<string, string>();
    for (;;) {
      this.skipBlanks();
      const next = this.source[this.at];
      if (next === '>' || next === '/') return found;
      const name = this.readName();
      const [whole, , double, single] = /^\s*=\s*("([^"<]*)"|'([^'<]*)')/.exec(this.source.slice(this.at)) ?? [];
      if (whole === undefined) throw this.fault('not well-formed (invalid token)');
      if (found.has(name)) throw this.fault('duplicate attribute');
      found.set(name, this.decode(double ?? single ?? '').replace(/[\n\r\t]/g, ' '));
      this.at += whole.length;
    }
  }

  private skipBlanks(): void {
    while (/\s/.test(this.source[this.at] ?? '')) this.at += 1;
  }

  private namespacesOf(raw: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const declared = [...raw].flatMap(([key, uri]): [string, string][] => {
      if (key === 'xmlns') return [['', uri]];
      return key.startsWith('xmlns:') ? [[key.slice(6), uri]] : [];
    });
    const xml: [string, string] = ['xml', 'http://www.w3.org/XML/1998/namespace'];
    const outer = this.open?.namespaces ?? new Map([xml]);
    return declared.length === 0 ? outer : new Map([...outer, ...declared]);
  }

  private expand(name: string, namespaces: ReadonlyMap<string, string>, usual: string | undefined): string {
    const colon = name.indexOf(':');
    const uri = colon === -1 ? usual : namespaces.get(name.slice(0, colon));
    if (colon !== -1 && uri === undefined) throw this.fault('unbound prefix');
    return uri === undefined || uri === '' ? name : `{${uri}}${name.slice(colon + 1)}`;
  }

  private decode(text: string): string {
    return text.replace(/&[^;\s]*;?/g, (reference) => {
      const [, decimal, hex, name = ''] = /^&(?:#(\d+)|#x([0-9a-f]+)|(\w+));$/i.exec(reference) ?? [];
      const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
      if (code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
      const known = Object.hasOwn(entities, name) ? entities[name] : undefined;
      if (known === undefined) throw this.fault('undefined entity');
      return known;
    });
  }

  private fault(what: string): AppError {
    const before = this.source.slice(0, this.at).split('\n');
    const place = `line ${before.length}, column ${before.at(-1)?.length ?? 0}`;
    return new AppError({ code: 'state-failed', message: `${what}: ${place}` });
  }
}
