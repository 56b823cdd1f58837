export function say(line: string): void;
export function step<T>(title: string, action: () => T | Promise<T>): Promise<T>;
