/** The terminal that a command talks to. */
export interface Terminal {
  /** Resolves when the text is handed over. */
  out(text: string): Promise<void>;
  error(text: string): void;
  /** Whether output is looked at by a person. */
  readonly isInteractive: boolean;
}

/** This process's standard output and error. A reader that went away is no error: there is nobody to tell. */
export function createProcessTerminal(): Terminal {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  return {
    out: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
    error: (text) => void process.stderr.write(text),
    isInteractive: process.stdout.isTTY === true,
  };
}
