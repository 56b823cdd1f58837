/** A plain-text mail to one person. */
export interface Mail {
  /** A bare address, without a display name. */
  to: string;
  subject: string;
  text: string;
}
