import { runProgram } from '../processes/run-program.ts';

/** `npm run format`: rewrites all files, or those that are named, as `npm run check` wants them. */
export async function format(args: string[]): Promise<number> {
  await runProgram('prettier', ['--write', '--log-level=warn', ...(args.length > 0 ? args : ['.'])]);
  return 0;
}
