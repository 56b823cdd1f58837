export function withLock<T>(
  path: string,
  action: () => T | Promise<T>,
  options?: { onWait?: (pid: number) => void },
): Promise<T>;
