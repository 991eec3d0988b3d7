/** Runs tasks, at most so many at the same time, in the order they come. */
export function createTurnstile(width: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (task) => {
    if (inside >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    inside += 1;
    try {
      return await task();
    } finally {
      inside -= 1;
      waiting.shift()?.();
    }
  };
}
