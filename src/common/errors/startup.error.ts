/** Prevents the application from starting; the problems are worded for an operator. */
export class StartupError extends Error {
  constructor(readonly problems: string[]) {
    super(`Tenantry cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'StartupError';
  }
}
