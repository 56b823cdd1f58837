import type { ChildProcess } from 'node:child_process';

export function spawnNode(
  node: string,
  args: string[],
  options?: { cwd?: string; env?: NodeJS.ProcessEnv },
): ChildProcess;
export function exitCodeOf(child: ChildProcess): Promise<number>;
