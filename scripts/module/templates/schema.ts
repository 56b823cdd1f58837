import type { NewModule } from '../new-module.ts';

/** `prisma/schema/<module>.prisma`; Prisma aligns it. */
export function schema({ names, fields, parent }: NewModule): string {
  const columns = fields.map(({ name, column, type, isNullable }) => {
    const map = column === name ? '' : ` @map("${column}")`;
    return `  ${name} ${type.prisma.type}${isNullable ? '?' : ''}${map} ${type.prisma.attributes}`;
  });
  const uniques = fields.filter(({ isUnique }) => isUnique).map(({ name }) => `  @@unique([tenantId, ${name}])`);
  return `model ${names.Model} {
  tenantId String @default(dbgenerated("app.tenant_id()")) @map("tenant_id") @db.Uuid
  id String @default(uuid(7)) @db.Uuid
${parent ? `  ${parent.field} String @map("${parent.column}") @db.Uuid\n` : ''}${columns.join('\n')}
  /// Incremented by every change of the row; used as its ETag.
  version Int @default(1)
  createdAt DateTime @default(dbgenerated("transaction_timestamp()")) @map("created_at") @db.Timestamptz(3)
  updatedAt DateTime @default(dbgenerated("transaction_timestamp()")) @updatedAt @map("updated_at") @db.Timestamptz(3)

  tenant Tenant @relation(fields: [tenantId], references: [id], onDelete: Cascade)
${parent ? `  ${parent.item} ${parent.Model} @relation(fields: [tenantId, ${parent.field}], references: [tenantId, id], onDelete: Cascade)\n` : ''}
  @@id([tenantId, id])
${uniques.join('\n')}
  @@index([tenantId, createdAt])
${parent ? `  @@index([tenantId, ${parent.field}])\n` : ''}  @@map("${names.table}")
}
`;
}
