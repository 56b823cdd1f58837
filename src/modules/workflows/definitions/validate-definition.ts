import { Turns } from '../../../common/concurrency/turns.js';
import type { DefinitionLookups } from './definition-lookups.js';
import type { DefinitionProblem, WorkflowDefinition } from './definition.types.js';
import { graphProblems } from './graph-problems.js';
import { nodeProblems } from './node-problems.js';

/** More than anybody reads at once, and few enough for a response. */
const MAX_PROBLEMS = 1000;

/**
 * Returns the problems that prevent a definition from being run, at most 1000, each with a JSON Pointer into it; empty
 * if it is valid. Yields to the event loop in between.
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
