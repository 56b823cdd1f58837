import { Prisma } from '../../../src/generated/prisma/client.js';
import type { Furniture } from '../furniture.js';

export const furniture: Furniture = {
  furnishLast({ add, newest, side }, rows) {
    const key = side.people.get('admin')!.id;
    for (const entity of Object.keys(Prisma.ModelName)) add('/dbal/entities', { entity, key });
    for (const [entity, collection] of Object.entries(rows)) {
      const { id } = newest(collection);
      add('/dbal/entities', { entity, key: id });
      add(`/dbal/entities/${entity}`, { id });
    }
  },
};
