import type {
  Account,
  GetTagsRequest,
  TagResourceRequest,
  Tags,
  UntagResourceRequest,
  UpdateAccountRequest,
} from '@aws-sdk/client-api-gateway';
import { badRequest, notFound } from './apigateway-errors.ts';
import { copyOf } from './apis/copy.ts';
import type { Given } from './given.ts';
import type { Management } from './management.ts';
import { readPatches } from './patch-operations.ts';

interface Taggable {
  tags?: Record<string, string> | undefined;
}

/** GetAccount, UpdateAccount, GetTags, TagResource, UntagResource. */
export function accountAndTagOperations(management: Management) {
  const { state } = management;
  return {
    GetAccount: (): Account => copyOf(state.account),
    UpdateAccount: (input: Given<UpdateAccountRequest>): Account => {
      const draft = copyOf(state.account);
      for (const { op, path, value } of readPatches('UpdateAccount', input.patchOperations)) {
        if (op !== 'replace' || path !== '/cloudwatchRoleArn') {
          badRequest(`Invalid patch path ${path}. Must be one of: [/cloudwatchRoleArn]`);
        }
        draft.cloudwatchRoleArn = value;
      }
      state.account = draft;
      return copyOf(draft);
    },
    GetTags: (input: Given<GetTagsRequest>): Tags => ({ tags: { ...taggable(management, input.resourceArn).tags } }),
    TagResource: (input: Given<TagResourceRequest>): void => {
      const resource = taggable(management, input.resourceArn);
      resource.tags = { ...resource.tags, ...input.tags };
    },
    UntagResource: (input: Given<UntagResourceRequest>): void => {
      const resource = taggable(management, input.resourceArn);
      const kept = Object.entries(resource.tags ?? {}).filter(([key]) => !input.tagKeys.includes(key));
      if (kept.length > 0) resource.tags = Object.fromEntries(kept);
      else delete resource.tags;
    },
  };
}

/** What `arn:aws:apigateway:us-east-1::/restapis/<id>/stages/<name>` and its like name. @throws NotFoundException */
function taggable({ state }: Management, resourceArn: string): Taggable {
  const path = decodeURIComponent(resourceArn).split('::')[1] ?? '';
  const [, kind, id = '', sub, name = ''] = path.split('/');
  if (kind === 'restapis' && sub === 'stages') return state.stage(id, name);
  if (kind === 'restapis' && !sub) return state.api(id).api;
  if (kind === 'usageplans' && !sub) return state.plan(id).plan;
  if (kind === 'apikeys' && !sub) return state.key(id);
  return notFound(`Invalid resource ARN specified: ${resourceArn}`);
}
