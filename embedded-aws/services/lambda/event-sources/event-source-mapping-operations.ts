import type {
  CreateEventSourceMappingRequest,
  GetEventSourceMappingRequest,
  ListEventSourceMappingsRequest,
  UpdateEventSourceMappingRequest,
} from '@aws-sdk/client-lambda';
import type { Service } from '../../../kernel/aws.ts';
import type { EventSourceMappings } from './event-source-mappings.ts';

export function eventSourceMappingOperations(mappings: EventSourceMappings): Service['operations'] {
  return {
    CreateEventSourceMapping: (input: CreateEventSourceMappingRequest) => mappings.create(input),
    UpdateEventSourceMapping: (input: UpdateEventSourceMappingRequest) => mappings.update(input),
    GetEventSourceMapping: (input: GetEventSourceMappingRequest) => mappings.describe(input.UUID),
    DeleteEventSourceMapping: (input: GetEventSourceMappingRequest) => mappings.delete(input.UUID),
    ListEventSourceMappings: (input: ListEventSourceMappingsRequest) => ({
      EventSourceMappings: mappings.list(input.FunctionName, input.EventSourceArn),
    }),
  };
}
