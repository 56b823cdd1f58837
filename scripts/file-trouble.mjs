const REASONS = {
  EACCES: 'this user is not allowed to',
  EPERM: 'this user is not allowed to',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
};

/**
 * What an operator has to know of a file or folder that could not be written, in one line; null for any other error.
 * @param {unknown} error
 * @returns {string | null}
 */
export function fileTroubleOf(error) {
  const { code = '', path } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  const reason = REASONS[code];
  return reason && path ? `Cannot write ${path}: ${reason} (${code}).` : null;
}
