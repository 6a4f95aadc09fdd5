import type { ListTagsRequest, TagResourceRequest, UntagResourceRequest } from '@aws-sdk/client-lambda';
import type { Service } from '../../kernel/aws.ts';
import type { FunctionStore } from './function-store.ts';

export function tagOperations(store: FunctionStore): Service['operations'] {
  return {
    ListTags: (input: ListTagsRequest) => ({ Tags: Object.fromEntries(store.get(input.Resource).tags) }),
    TagResource: (input: TagResourceRequest) => {
      const { tags } = store.get(input.Resource);
      for (const [key, value] of Object.entries(input.Tags ?? {})) tags.set(key, value);
      return {};
    },
    UntagResource: (input: UntagResourceRequest) => {
      const { tags } = store.get(input.Resource);
      for (const key of input.TagKeys ?? []) tags.delete(key);
      return {};
    },
  };
}
