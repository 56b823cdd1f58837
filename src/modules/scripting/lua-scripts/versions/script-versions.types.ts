import type { LuaScript } from '../lua-scripts.types.js';

/** The fields that determine a script's behaviour. */
export type ScriptSource = Pick<LuaScript, 'code' | 'parameters' | 'returnType' | 'allowedGlobals' | 'timeoutMs'>;

export const SOURCE_FIELDS = ['code', 'parameters', 'returnType', 'allowedGlobals', 'timeoutMs'] as const;

/** One immutable state of a script. */
export interface ScriptVersion extends ScriptSource {
  number: number;
  savedBy: string | null;
  createdAt: Date;
}

export type ScriptVersionSummary = Pick<ScriptVersion, 'number' | 'savedBy' | 'createdAt'>;
