import type { PermissionDeclaration, PermissionHolder } from '../../src/common/identity/permissions.js';
import type { Manifests } from '../../src/common/manifest/manifests.js';
import type { DeclaredRoute } from './declared-routes.js';

/** Routes in the tables of `describeContract`, such as `GET /users/:id`, as they stand in the text of specs. */
export function contractRows(specs: readonly { text: string }[]): string[] {
  return specs
    .filter(({ text }) => text.includes('describeContract('))
    .flatMap(({ text }) => [...text.matchAll(/['`]((?:GET|POST|PUT|PATCH|DELETE) \/[^\s'`]*)['`]\]?: \{/g)])
    .map(([, row]) => row!);
}

/** Protected routes that are in no table, each with the line to add and where. */
export function withoutContract(
  routes: readonly DeclaredRoute[],
  rows: readonly string[],
  { permissions }: Pick<Manifests, 'permissions'>,
): string[] {
  const known = new Set(routes.map(({ route }) => route));
  const loose = rows.filter((row) => !known.has(row));
  return routes
    .filter(({ route, isPublic }) => !isPublic && !rows.includes(route) && !loose.some((row) => fits(row, route)))
    .map(
      ({ route, handler, permission }) =>
        `${route} (${handler}) is in no contract table, so nothing tests whom it refuses. Add to describeContract(…) in ` +
        `test/e2e/<module>/<module>.e2e-spec.ts: '${route}': { allow: '${holderOf(permissions[permission ?? ''])}' },`,
    );
}

/** Whether a row names the route with values for parameters: `GET /things/:id/versions/1`. */
function fits(row: string, route: string): boolean {
  const [given, wanted] = [row.split('/'), route.split('/')];
  return given.length === wanted.length && wanted.every((part, index) => part.startsWith(':') || part === given[index]);
}

function holderOf(declared: PermissionDeclaration = 'platform'): PermissionHolder {
  return typeof declared === 'string' ? declared : declared[0];
}
