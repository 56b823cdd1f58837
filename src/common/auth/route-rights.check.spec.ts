import { Controller, Get } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { Allow, Public } from '../identity/auth.decorators.js';
import { definePermissions } from '../identity/permissions.js';
import { RouteRightsCheck } from './route-rights.check.js';

definePermissions({ 'checked:read': 'viewer' });

@Controller('checked')
class CheckedController {
  @Get()
  @Allow('checked:read')
  list(): void {}

  @Get('status')
  @Public()
  status(): void {}

  notARoute(): void {}
}

@Controller('forgotten')
class ForgottenController {
  @Get()
  list(): void {}

  @Get('other')
  @Allow('checked:raed')
  other(): void {}
}

describe('At the start every route', () => {
  const check = async (controllers: (new () => object)[]): Promise<unknown> => {
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      controllers,
      providers: [RouteRightsCheck],
    }).compile();
    return module.init();
  };

  it('says who may call it', async () => {
    await expect(check([CheckedController])).resolves.toBeDefined();
  });

  it('that nobody could call is named, with what to add', async () => {
    await expect(check([CheckedController, ForgottenController])).rejects.toMatchObject({
      problems: [
        "ForgottenController.list does not declare who may call it. Add @Allow('<noun>:<verb>'), or @Public() for everybody.",
        expect.stringContaining(
          'ForgottenController.other requires the permission checked:raed, which no manifest declares. Add to permissions in ' +
            "src/modules/<module>/<module>.manifest.ts: 'checked:raed': ['viewer', '<what it allows>'],",
        ),
      ],
    });
  });
});
