/**
 * Returns a password in the form that is counted and hashed, the OpaqueString of RFC 8265: spaces of any kind become
 * U+0020, the rest is NFC, so that a password is the same from every keyboard. Characters that look different stay
 * different (unlike NFKC).
 */
export function opaquePassword(password: string): string {
  return password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');
}

/**
 * Returns the forms in which a password may have been hashed, the current one first: `opaquePassword`, as sent, and its
 * NFD.
 */
export function passwordForms(password: string): string[] {
  return [...new Set([opaquePassword(password), password, password.normalize('NFD')])];
}
