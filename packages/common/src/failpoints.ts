/** Named places where a fault test may strike: throw, wait, or end the process. */
export interface Failpoints {
  /** Reports that control is at the place `name`; resolves when it may go on. */
  reach(name: string): Promise<void>;
}

/** Failpoints that never do anything, for production. */
export const noFailpoints: Failpoints = {
  reach: () => Promise.resolve(),
};
