import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { ROOT } from '../../scripts/project.ts';

const FOLDER = join(ROOT, 'deploy', 'kubernetes');
const DATABASE_URLS = ['DATABASE_URL', 'DATABASE_PLATFORM_URL', 'DATABASE_WORKER_URL', 'DATABASE_LISTEN_URL'];

interface Container {
  env?: { name: string; value: string }[];
  envFrom: { secretRef?: { name: string } }[];
  readinessProbe?: { httpGet: { path: string }; periodSeconds: number; failureThreshold: number };
  livenessProbe?: { httpGet: { path: string } };
  startupProbe?: { httpGet: { path: string } };
  securityContext: object;
}
interface PodTemplate {
  metadata: { labels: Record<string, string> };
  spec: { containers: Container[]; terminationGracePeriodSeconds?: number; securityContext: object };
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  spec: { template: PodTemplate; selector: { matchLabels?: Record<string, string> } & Record<string, unknown> };
  stringData?: Record<string, string>;
}
interface Kustomization {
  resources: string[];
  configMapGenerator: { literals: string[] }[];
}

const read = (file: string): string => readFileSync(join(FOLDER, file), 'utf8');
const documents = (file: string): Manifest[] =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest);

describe('the Kubernetes base', () => {
  const kustomization = parse(read('kustomization.yaml')) as Kustomization;
  const manifests = kustomization.resources.flatMap(documents);
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  const pods = manifests.filter(({ kind }) => kind === 'Deployment' || kind === 'Job').map(({ spec }) => spec.template);
  const settings = Object.fromEntries(kustomization.configMapGenerator[0]!.literals.map((line) => line.split('=')));

  it('runs the api and the worker as the same program', () => {
    expect(deployments.map(({ spec }) => spec.template.spec.containers[0]!.env)).toEqual([
      [{ name: 'APP_ROLE', value: 'api' }],
      [{ name: 'APP_ROLE', value: 'worker' }],
    ]);
  });

  it('listens where probes and other pods reach it', () => {
    expect(settings['HOST']).toBe('0.0.0.0');
  });

  it('asks each probe what it is for', () => {
    for (const { spec } of deployments) {
      const [container] = spec.template.spec.containers;
      expect(container!.startupProbe!.httpGet.path).toBe('/startupz');
      expect(container!.readinessProbe!.httpGet.path).toBe('/readyz');
      expect(container!.livenessProbe!.httpGet.path).toBe('/livez');
    }
  });

  it('drains longer than it takes to be noticed as not ready, and ends before it is killed', () => {
    for (const { spec } of deployments) {
      const { containers, terminationGracePeriodSeconds } = spec.template.spec;
      const { periodSeconds, failureThreshold } = containers[0]!.readinessProbe!;
      expect(Number(settings['DRAIN_DELAY_MS'])).toBeGreaterThan(periodSeconds * failureThreshold * 1000);
      expect(terminationGracePeriodSeconds! * 1000).toBeGreaterThan(Number(settings['SHUTDOWN_TIMEOUT_MS']));
      expect(Number(settings['SHUTDOWN_TIMEOUT_MS'])).toBeGreaterThan(Number(settings['DRAIN_DELAY_MS']));
    }
  });

  it('selects the pods that it makes', () => {
    for (const { metadata, spec } of deployments) {
      expect([metadata.name, spec.template.metadata.labels]).toEqual([metadata.name, spec.selector.matchLabels]);
    }
    const service = manifests.find(({ kind }) => kind === 'Service')!;
    expect(deployments[0]!.spec.template.metadata.labels).toMatchObject(service.spec.selector);
  });

  it('runs everything without root, privileges or a writable image', () => {
    expect(pods).toHaveLength(3);
    for (const { spec } of pods) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 10001 });
      expect(spec.containers[0]!.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
    }
  });

  it("keeps the owner's password from the application", () => {
    const [application, migrate] = documents('secrets.example.yaml');
    expect(Object.keys(application!.stringData!)).toEqual(expect.arrayContaining(DATABASE_URLS));
    expect(Object.keys(application!.stringData!)).not.toContain('DATABASE_OWNER_URL');
    expect(Object.keys(migrate!.stringData!)).toContain('DATABASE_OWNER_URL');
    for (const { spec } of deployments) {
      const secrets = spec.template.spec.containers[0]!.envFrom.flatMap(({ secretRef }) => secretRef?.name ?? []);
      expect(secrets).toEqual(['tenantry']);
    }
    expect(kustomization.resources).not.toContain('secrets.example.yaml');
  });
});
