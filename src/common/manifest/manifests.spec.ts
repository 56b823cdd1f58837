import { Manifests } from './manifests.js';

describe('Manifests', () => {
  const labels = { file: 'labels.manifest.ts', manifest: { permissions: { 'label:read': 'viewer' } } } as const;
  const tags = { file: 'tags.manifest.ts', manifest: { permissions: { 'tag:read': 'viewer' } } } as const;

  it('are collected, and remember where each thing is declared', () => {
    const manifests = new Manifests([labels, tags]);
    expect(manifests.permissions).toEqual({ 'label:read': 'viewer', 'tag:read': 'viewer' });
    expect(manifests.fileOf('permissions', 'tag:read')).toBe('tags.manifest.ts');
    expect(manifests.fileOf('entities', 'Tag')).toBe('src/modules/<module>/<module>.manifest.ts');
  });

  it('that declare the same are refused, with both files', () => {
    const again = { ...labels, file: 'more-labels.manifest.ts' };
    expect(() => new Manifests([labels, tags, again])).toThrow(
      'more-labels.manifest.ts and labels.manifest.ts both declare permissions: label:read. Remove one of them.',
    );
  });
});
