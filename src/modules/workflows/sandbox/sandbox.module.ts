import { Module } from '@nestjs/common';
import { Conditions } from './conditions.js';
import { ExpressionChecker } from './expression-checker.js';
import { ScriptSandbox } from './script-sandbox.js';

@Module({
  providers: [ScriptSandbox, Conditions, ExpressionChecker],
  exports: [ScriptSandbox, Conditions, ExpressionChecker],
})
export class SandboxModule {}
