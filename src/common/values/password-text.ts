/**
 * A password as it is counted and hashed: the OpaqueString of RFC 8265. Every blank is U+0020, and the rest is NFC, so that one password
 * is one whatever keyboard it was typed on; nothing that looks different becomes equal (that would be NFKC).
 */
export function opaquePassword(password: string): string {
  return password.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** Forms in which a password that is sent may have been hashed, the one of today first: `opaquePassword`, as it was sent, and its NFD. */
export function passwordForms(password: string): string[] {
  return [...new Set([opaquePassword(password), password, password.normalize('NFD')])];
}
