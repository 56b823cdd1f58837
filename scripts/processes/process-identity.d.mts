export interface RecordedProcess {
  pid: number;
  identity: string | null;
}
export function processIdentity(pid: number): string | null;
export function isAlive(recorded: RecordedProcess): boolean;
