import type { DefinitionLookups } from './definition-lookups.js';
import type { DefinitionProblem, WorkflowDefinition } from './definition.types.js';
import { graphProblems } from './graph-problems.js';
import { nodeProblems } from './node-problems.js';
import { triggerProblems } from './trigger-problems.js';

/** Everything that keeps a definition from being run, each with a JSON Pointer into it; none when it is valid. */
export function validateDefinition(definition: WorkflowDefinition, lookups: DefinitionLookups): DefinitionProblem[] {
  const { trigger, triggerConfig, nodes } = definition;
  return [
    ...triggerProblems(trigger, triggerConfig, lookups),
    ...graphProblems(definition),
    ...nodes.flatMap((node, index) => nodeProblems(node, `/nodes/${index}`, lookups)),
  ];
}
