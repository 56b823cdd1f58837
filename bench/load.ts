import autocannon from 'autocannon';

/** Requests per second and latencies of one slice of load; every answer must be 2xx. */
export interface Slice {
  perSecond: number;
  p50Ms: number;
  p95Ms: number;
}

export async function load(
  url: string,
  options: { token?: string; connections: number; seconds: number },
): Promise<Slice> {
  const { requests, latency, non2xx, errors } = await autocannon({
    url,
    connections: options.connections,
    duration: options.seconds,
    headers: options.token ? { authorization: `Bearer ${options.token}` } : {},
  });
  if (non2xx > 0 || errors > 0) throw new Error(`${url}: ${non2xx} answers were not 2xx, ${errors} requests failed.`);
  return { perSecond: requests.average, p50Ms: latency.p50, p95Ms: latency.p97_5 };
}
