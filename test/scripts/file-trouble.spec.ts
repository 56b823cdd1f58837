import { fileTroubleOf } from '../../scripts/file-trouble.mjs';

const failure = (fields: object): Error => Object.assign(new Error('no'), fields);

describe('trouble with files', () => {
  it.each([
    ['EACCES', 'this user is not allowed to'],
    ['EROFS', 'the file system is read-only'],
    ['ENOSPC', 'the disk is full'],
  ])('is told in one line: %s', (code, reason) => {
    const told = fileTroubleOf(failure({ code, path: '/srv/clone/.data' }));
    expect(told).toBe(`Cannot write /srv/clone/.data: ${reason} (${code}).`);
  });

  it.each([
    ['a port that may not be used', { code: 'EACCES', syscall: 'listen', port: 80 }],
    ['a file that is not there, which is a defect', { code: 'ENOENT', path: '/srv/clone/x' }],
    ['anything else', {}],
  ])('is not %s', (_, fields) => {
    expect(fileTroubleOf(failure(fields))).toBeNull();
    expect(fileTroubleOf(undefined)).toBeNull();
  });
});
