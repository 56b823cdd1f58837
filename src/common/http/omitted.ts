import { ApiPropertyOptional } from '@nestjs/swagger';

/** The property that names what is too large to be in a list. */
export const ApiOmitted = (): PropertyDecorator =>
  ApiPropertyOptional({
    type: [String],
    description: 'Values of more than 16 KiB, by name: they are null here, and whole where one is shown by its key.',
  });
