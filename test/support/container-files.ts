/** What the application needs to reach its database, direct or through PgBouncer. */
export const DATABASE_URL_VARIABLES = [
  'DATABASE_URL',
  'DATABASE_PLATFORM_URL',
  'DATABASE_WORKER_URL',
  'DATABASE_LISTEN_URL',
] as const;

export interface Stage {
  base: string;
  instructions: string[];
}

/** The stages of a Dockerfile by name, in order, with continued lines joined. */
export function dockerStages(text: string): Record<string, Stage> {
  const stages: Record<string, Stage> = {};
  let current: Stage | undefined;
  for (const line of text.replaceAll(/\\\n\s*/g, '').split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const from = line.match(/^FROM (\S+) AS (\S+)$/);
    if (from) stages[from[2]!] = current = { base: from[1]!, instructions: [] };
    else current?.instructions.push(line);
  }
  return stages;
}
