import { ApiParam } from '@nestjs/swagger';

/** Documents the path parameter `nodeId` of a step. */
export const ApiNodeIdParam = (): MethodDecorator =>
  ApiParam({ name: 'nodeId', description: "The id of the step's node in the workflow's definition." });
