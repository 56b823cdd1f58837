const REASONS = {
  EACCES: 'this user is not allowed to',
  EPERM: 'this user is not allowed to',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
};

/**
 * Returns a one-line explanation for operators of why a file or folder could not be written; null for any other error.
 * @param {unknown} error
 * @returns {string | null}
 */
export function fileTroubleOf(error) {
  const { code = '', path } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  const reason = REASONS[code];
  return reason && path ? `Cannot write ${path}: ${reason} (${code}).` : null;
}
