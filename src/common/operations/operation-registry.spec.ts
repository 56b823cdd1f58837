import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { definePermissions } from '../identity/permissions.js';
import { DbalOperation, type Operation } from './operation.js';
import { OperationRegistry } from './operation-registry.js';

definePermissions({ 'planted:sort': 'member' });

class SortInput {}

@DbalOperation({ name: 'sort_planted', description: 'Sorts.', permission: 'planted:sort', input: SortInput })
class SortOperation implements Operation {
  async execute(): Promise<object> {
    return {};
  }
}

@DbalOperation({ name: 'mix_planted', description: 'Mixes.', permission: 'planted:mix', input: SortInput })
class MixOperation extends SortOperation {}

describe('The operations of the program', () => {
  const start = async (...providers: (new () => object)[]) => {
    const module = await Test.createTestingModule({
      imports: [DiscoveryModule],
      providers: [OperationRegistry, ...providers],
    }).compile();
    await module.init();
    return module.get(OperationRegistry);
  };

  it('are found by their decorator', async () => {
    expect((await start(SortOperation)).all().map(({ name }) => name)).toEqual(['sort_planted']);
  });

  it('keep the program from starting when nobody could run one, with what to add', async () => {
    await expect(start(SortOperation, MixOperation)).rejects.toMatchObject({
      problems: [
        'The operation mix_planted requires the permission planted:mix, which no manifest declares. Add to permissions in ' +
          "src/modules/<module>/<module>.manifest.ts: 'planted:mix': ['viewer', '<what it allows>'],",
      ],
    });
  });
});
