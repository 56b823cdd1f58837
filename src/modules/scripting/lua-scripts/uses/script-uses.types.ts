/** A script as a workflow uses it. */
export interface ScriptUse {
  scriptId: string;
  name: string;
  /** That runs use; null where none was taken, as by an older version of the program. */
  version: number | null;
  takenBy: string | null;
  takenAt: Date | null;
  newestVersion: number;
  savedBy: string | null;
  savedAt: Date | null;
}
