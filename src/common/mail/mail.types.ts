/** A mail to one person. Plain text. */
export interface Mail {
  /** One address, nothing around it. */
  to: string;
  subject: string;
  text: string;
}
