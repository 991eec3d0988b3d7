import type { TemplateSource } from '../template-host.ts';
import type { TemplateCode } from './template-code.ts';

interface Entry {
  readonly text: string;
  readonly code: TemplateCode;
}

const mostFiles = 512;
const mostVersions = 4;

/** Compiled templates by file and content; what has not been used for longest is dropped. */
export class TemplateCache {
  private readonly byFile = new Map<string, Entry[]>();
  private readonly compile: (source: TemplateSource) => TemplateCode;

  constructor(compile: (source: TemplateSource) => TemplateCode) {
    this.compile = compile;
  }

  get(source: TemplateSource): TemplateCode {
    const entries = this.byFile.get(source.file) ?? [];
    const known = entries.find((entry) => entry.text === source.text);
    if (known !== undefined) return known.code;
    const code = this.compile(source);
    this.byFile.delete(source.file);
    this.byFile.set(source.file, [{ text: source.text, code }, ...entries].slice(0, mostVersions));
    if (this.byFile.size > mostFiles) this.dropOldest();
    return code;
  }

  private dropOldest(): void {
    const [oldest] = this.byFile.keys();
    if (oldest !== undefined) this.byFile.delete(oldest);
  }
}
