/** A script and the version of it that a workflow uses. */
export interface ScriptUse {
  scriptId: string;
  name: string;
  /** The version that runs use; null if none was recorded, for example by an older release. */
  version: number | null;
  takenBy: string | null;
  takenAt: Date | null;
  newestVersion: number;
  savedBy: string | null;
  savedAt: Date | null;
}
