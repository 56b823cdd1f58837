import { OperatorError } from '../db/connect.ts';
import { seedsDemo } from '../db/project-database.ts';
import { setting } from '../environment.ts';
import { freePort, isOwnAddress, isPortFree } from './free-port.ts';
import { reservePort, reservingPorts } from './port-reservation.ts';
import { say } from '../progress.mjs';

const DEFAULTS = { PORT: 3000, METRICS_PORT: 9464 };
const NEIGHBOURS = 20;

/**
 * Returns variables for the address that the application listens on. Ports come from the environment, else the
 * defaults, else free ones near them. The demo, whose passwords are public, only listens on this machine unless HOST is
 * set. Also sets the public URL, unless it is given.
 * @throws OperatorError if a requested port is taken, or the address does not belong to this machine.
 */
export async function choosePorts(): Promise<Record<string, string>> {
  const host = setting('HOST') ?? (seedsDemo() ? '127.0.0.1' : '0.0.0.0');
  const metricsHost = setting('METRICS_HOST') ?? '127.0.0.1';
  for (const [name, address] of Object.entries({ HOST: host, METRICS_HOST: metricsHost })) {
    if (!(await isOwnAddress(address)))
      throw new OperatorError(`${name} ${address} is not an address of this machine.`);
  }
  return reservingPorts(async (isReserved) => {
    const isUsableOn =
      (address: string) =>
      async (port: number): Promise<boolean> =>
        !isReserved(port) && (await isPortFree(port, address));
    const port = await choosePort('PORT', isUsableOn(host));
    const metricsPort = await choosePort('METRICS_PORT', isUsableOn(metricsHost));
    return {
      HOST: host,
      PORT: port,
      METRICS_PORT: metricsPort,
      // An invalid port is reported once, not also as an invalid URL.
      ...(isPort(port) && { PUBLIC_URL: setting('PUBLIC_URL') ?? `http://localhost:${port}` }),
    };
  });
}

async function choosePort(name: keyof typeof DEFAULTS, isUsable: (port: number) => Promise<boolean>): Promise<string> {
  const asked = setting(name);
  if (asked !== undefined) {
    // The application's own validation reports an invalid port, together with all other problems.
    if (!isPort(asked)) return asked;
    if (!(await isUsable(Number(asked)))) {
      throw new OperatorError(
        `${name} ${asked} is already in use. Set ${name} to another port, or unset it to use a free one.`,
      );
    }
    reservePort(Number(asked));
    return asked;
  }
  const standard = DEFAULTS[name];
  const port = (await firstUsable(standard, isUsable)) ?? (await freePort());
  if (port !== standard) say(`Port ${standard} is in use; using ${port} (set ${name} to choose another).`);
  reservePort(port);
  return String(port);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65_536;
}

async function firstUsable(from: number, isUsable: (port: number) => Promise<boolean>): Promise<number | null> {
  for (let port = from; port < from + NEIGHBOURS; port += 1) {
    if (await isUsable(port)) return port;
  }
  return null;
}
