import type { DescribeRepositoriesRequest, DescribeRepositoriesResponse } from '@aws-sdk/client-ecr';
import { ACCOUNT_ID, type Service } from '../kernel/aws.ts';
import { AwsError } from '../kernel/aws-error.ts';

/** Elastic Container Registry, in which nothing can be created: a removal asks whether a repository is left over. */
export class EcrService implements Service {
  readonly name = 'ecr';
  readonly operations = {
    DescribeRepositories: ({
      repositoryNames = [],
      registryId = ACCOUNT_ID,
    }: DescribeRepositoriesRequest): DescribeRepositoriesResponse => {
      const [name] = repositoryNames;
      if (name === undefined) return { repositories: [] };
      const text = `The repository with name '${name}' does not exist in the registry with id '${registryId}'`;
      throw new AwsError('RepositoryNotFoundException', text);
    },
  };
}
