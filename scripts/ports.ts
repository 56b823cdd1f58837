import { OperatorError } from './db/connect.ts';
import { setting } from './environment.ts';
import { freePort, isPortFree } from './free-port.ts';
import { say } from './progress.mjs';

const DEFAULTS = { PORT: 3000, METRICS_PORT: 9464 };
const NEIGHBOURS = 20;

/**
 * The application's ports: what the environment says, else the defaults, else free ones near them. Also where people reach
 * it, unless that is given.
 * @throws OperatorError when a port that was asked for is taken.
 */
export async function choosePorts(): Promise<Record<string, string>> {
  const host = setting('HOST') ?? '0.0.0.0';
  const port = await choosePort('PORT', host);
  const metricsPort = await choosePort('METRICS_PORT', host);
  return {
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    PUBLIC_URL: setting('PUBLIC_URL') ?? `http://localhost:${port}`,
  };
}

async function choosePort(name: keyof typeof DEFAULTS, host: string): Promise<string | number> {
  const asked = setting(name);
  if (asked !== undefined) {
    // What is no port at all is for the application's own validation to say, together with everything else.
    const isPort = /^\d{1,5}$/.test(asked) && Number(asked) > 0 && Number(asked) < 65_536;
    if (isPort && !(await isPortFree(Number(asked), host)))
      throw new OperatorError(`${name} ${asked} is already in use.`);
    return asked;
  }
  const standard = DEFAULTS[name];
  if (await isPortFree(standard, host)) return standard;
  const port = (await firstFree(standard + 1, host)) ?? (await freePort(host));
  say(`Port ${standard} is in use: taking ${port} (set ${name} to choose).`);
  return port;
}

async function firstFree(from: number, host: string): Promise<number | null> {
  for (let port = from; port < from + NEIGHBOURS; port += 1) {
    if (await isPortFree(port, host)) return port;
  }
  return null;
}
