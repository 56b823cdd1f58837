import { Controller, Get, Module } from '@nestjs/common';
import { AppModule } from '../../src/app.module.js';
import { Allow, Public } from '../../src/common/identity/auth.decorators.js';
import { Manifests } from '../../src/common/manifest/manifests.js';
import { loadManifests } from '../../src/manifests.js';
import { contractRows, withoutContract } from '../support/contract-rows.js';
import { declaredRoutes } from '../support/declared-routes.js';
import { sourceFiles } from './source-files.js';

/** What anybody may call who has no credential. A new one is added here on purpose. */
const PUBLIC_ROUTES = [
  'GET /livez',
  'GET /readyz',
  'GET /startupz',
  'POST /auth/invitations/accept',
  'POST /auth/login',
  'POST /auth/logout',
  'POST /auth/password/forgot',
  'POST /auth/password/reset',
  'POST /auth/refresh',
  'POST /hooks/:token',
  'POST /platform/auth/login',
  'POST /platform/auth/logout',
  'POST /platform/auth/refresh',
];

@Controller('planted')
class PlantedController {
  @Get()
  @Allow('user:read')
  list(): void {}

  @Get('new')
  @Allow('user:create')
  anew(): void {}

  @Get(':id/parts/:number')
  @Allow('platform:health')
  part(): void {}

  @Get('open')
  @Public()
  open(): void {}
}

@Module({ controllers: [PlantedController] })
class PlantedModule {}

describe('The routes', () => {
  let manifests: Manifests;
  beforeAll(async () => {
    manifests = new Manifests(await loadManifests());
  });

  it('that need no credential are on the list of public ones', async () => {
    const open = (await declaredRoutes(AppModule)).filter(({ isPublic }) => isPublic);
    expect(open.map(({ route }) => route)).toEqual(PUBLIC_ROUTES);
  });

  it('that need a credential are each in a contract table', async () => {
    const routes = await declaredRoutes(AppModule);
    expect(routes.length).toBeGreaterThan(90);
    expect(
      withoutContract(routes, contractRows(sourceFiles(['test/e2e', 'test/foundation'], ['.ts'])), manifests),
    ).toEqual([]);
  });

  it('would be missed in the tables when planted, with the line to add', async () => {
    const text = "describeContract(() => world, {\n  'GET /planted/new': { allow: 'admin' },\n});";
    const routes = await declaredRoutes(PlantedModule);
    expect(withoutContract(routes, contractRows([{ text }]), manifests)).toEqual([
      expect.stringMatching(/^GET \/planted \(PlantedController\.list\) .* 'GET \/planted': \{ allow: 'viewer' \},$/),
      expect.stringContaining("'GET /planted/:id/parts/:number': { allow: 'platform' },"),
    ]);
    const part = { text: text.replace('/new', '/:id/parts/1') };
    expect(withoutContract(routes, contractRows([{ text }, part]), manifests)).toHaveLength(1);
  });
});
