import { runProgram } from '../processes/run-program.ts';

/** `npm run format`: formats all files, or the given ones, as `npm run check` requires. */
export async function format(args: string[]): Promise<number> {
  await runProgram('prettier', ['--write', '--log-level=warn', ...(args.length > 0 ? args : ['.'])]);
  return 0;
}
