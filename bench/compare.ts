import { writeFileSync } from 'node:fs';

/** An operation to measure. */
export type Work = () => Promise<unknown>;

export interface Measurement {
  name: string;
  /** Operations per second of each round, per variant. */
  rounds: Record<string, number[]>;
}

export interface Options {
  rounds: number;
  /** Duration of one variant within a round, in milliseconds. */
  sliceMs: number;
  concurrency: number;
}

async function operationsPerSecond(work: Work, { sliceMs, concurrency }: Options): Promise<number> {
  const start = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - start < sliceMs) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return (done * 1000) / (performance.now() - start);
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: Math.random() }))
    .sort((x, y) => x.order - y.order)
    .map(({ item }) => item);
}

/**
 * Runs all variants in every round, in random order, so that changes in the machine's speed affect all of them equally.
 */
export async function measure(name: string, variants: Record<string, Work>, options: Options): Promise<Measurement> {
  const rounds: Record<string, number[]> = Object.fromEntries(Object.keys(variants).map((variant) => [variant, []]));
  for (const work of Object.values(variants)) await operationsPerSecond(work, options);
  for (let round = 0; round < options.rounds; round += 1) {
    for (const [variant, work] of shuffled(Object.entries(variants))) {
      rounds[variant]!.push(await operationsPerSecond(work, options));
    }
  }
  return { name, rounds };
}

export interface Ratio {
  median: number;
  low: number;
  high: number;
}

/** Returns the ratio of one variant to another, computed per round: median and interquartile range. */
export function ratio({ rounds }: Measurement, variant: string, baseline: string): Ratio {
  const ratios = rounds[variant]!.map((value, round) => value / rounds[baseline]![round]!).sort((x, y) => x - y);
  const at = (share: number): number => ratios[Math.round((ratios.length - 1) * share)]!;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

export function show({ median, low, high }: Ratio): string {
  return `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
}

/** Writes all results to the file named by BENCH_JSON, if it is set. */
export function writeJson(title: string, results: unknown): void {
  const file = process.env['BENCH_JSON'];
  if (file)
    writeFileSync(
      file,
      JSON.stringify({ title, at: new Date().toISOString(), node: process.version, results }, null, 2),
    );
}
