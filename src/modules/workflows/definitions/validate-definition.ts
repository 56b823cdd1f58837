import { Turns } from '../../../common/concurrency/turns.js';
import type { DefinitionLookups } from './definition-lookups.js';
import type { DefinitionProblem, WorkflowDefinition } from './definition.types.js';
import { graphProblems } from './graph-problems.js';
import { nodeProblems } from './node-problems.js';

/** More than anybody reads at once, and few enough to answer. */
const MAX_PROBLEMS = 1000;

/**
 * Everything that keeps a definition from being run, each with a JSON Pointer into it: at most 1000. None when it is valid. Others
 * have their turn in between.
 */
export async function validateDefinition(
  definition: WorkflowDefinition,
  lookups: DefinitionLookups,
): Promise<DefinitionProblem[]> {
  const { nodes } = definition;
  const turns = new Turns();
  const problems = [...lookups.triggerProblems, ...graphProblems(definition)];
  for (const [index, node] of nodes.entries()) {
    if (problems.length >= MAX_PROBLEMS) break;
    problems.push(...nodeProblems(node, `/nodes/${index}`, lookups));
    await turns.give();
  }
  return problems.slice(0, MAX_PROBLEMS);
}
