import { prepare, prepareClient } from '../application/prepare.ts';

/** `npm run build`: generates the Prisma client and compiles to `dist/`. */
export async function build(): Promise<number> {
  await prepare();
  return 0;
}

/** `npm run db:generate`: generates only the Prisma client. */
export async function dbGenerate(): Promise<number> {
  await prepareClient();
  return 0;
}
