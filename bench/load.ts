import autocannon from 'autocannon';

/**
 * Requests per second during a slice of load, and their 95th percentile in milliseconds. Every response must be 2xx.
 */
export interface Slice {
  perSecond: number;
  p95Ms: number;
}

export function load(url: string, options: { token?: string; connections: number; seconds: number }): Promise<Slice> {
  const times: number[] = [];
  return new Promise((resolve, reject) => {
    const run = autocannon(
      {
        url,
        connections: options.connections,
        duration: options.seconds,
        headers: options.token ? { authorization: `Bearer ${options.token}` } : {},
      },
      (error, { requests, non2xx, errors } = {} as autocannon.Result) => {
        if (error) return reject(error as Error);
        if (non2xx > 0 || errors > 0) {
          return reject(new Error(`${url}: ${non2xx} answers were not 2xx, ${errors} requests failed.`));
        }
        resolve({ perSecond: requests.average, p95Ms: quantile(times, 0.95) });
      },
    );
    // autocannon's own percentiles are in whole milliseconds.
    run.on('response', (_client, _status, _bytes, milliseconds) => times.push(milliseconds));
  });
}

function quantile(values: number[], share: number): number {
  return values.sort((x, y) => x - y)[Math.floor(values.length * share)] ?? Number.NaN;
}
