import { OperatorError } from '../db/connect.ts';
import { setting } from '../environment.ts';
import { freePort, isPortFree } from './free-port.ts';
import { reservePort, reservingPorts } from './port-reservation.ts';
import { say } from '../progress.mjs';

const DEFAULTS = { PORT: 3000, METRICS_PORT: 9464 };
const NEIGHBOURS = 20;

/**
 * The application's ports: what the environment says, else the defaults, else free ones near them. Also where people reach
 * it, unless that is given.
 * @throws OperatorError when a port that was asked for is taken.
 */
export async function choosePorts(): Promise<Record<string, string>> {
  const host = setting('HOST') ?? '0.0.0.0';
  return reservingPorts(async (isReserved) => {
    const isUsable = async (port: number): Promise<boolean> => !isReserved(port) && (await isPortFree(port, host));
    const port = await choosePort('PORT', isUsable);
    const metricsPort = await choosePort('METRICS_PORT', isUsable);
    return {
      PORT: port,
      METRICS_PORT: metricsPort,
      PUBLIC_URL: setting('PUBLIC_URL') ?? `http://localhost:${port}`,
    };
  });
}

async function choosePort(name: keyof typeof DEFAULTS, isUsable: (port: number) => Promise<boolean>): Promise<string> {
  const asked = setting(name);
  if (asked !== undefined) {
    // What is no port at all is for the application's own validation to say, together with everything else.
    const isPort = /^\d{1,5}$/.test(asked) && Number(asked) > 0 && Number(asked) < 65_536;
    if (isPort && !(await isUsable(Number(asked)))) throw new OperatorError(`${name} ${asked} is already in use.`);
    if (isPort) reservePort(Number(asked));
    return asked;
  }
  const standard = DEFAULTS[name];
  const port = (await firstUsable(standard, isUsable)) ?? (await freePort());
  if (port !== standard) say(`Port ${standard} is in use: taking ${port} (set ${name} to choose).`);
  reservePort(port);
  return String(port);
}

async function firstUsable(from: number, isUsable: (port: number) => Promise<boolean>): Promise<number | null> {
  for (let port = from; port < from + NEIGHBOURS; port += 1) {
    if (await isUsable(port)) return port;
  }
  return null;
}
