import type { Limit } from '../../shared/limits/limit.ts';
import type { TierName } from '../../shared/platform/units.ts';

export interface GuideFacts {
  readonly endpoint: string;
  readonly apiId: string;
  readonly stageName: string;
  readonly parameterPrefix: string;
  readonly stateTable: string;
  readonly tiers: Readonly<Record<TierName, Limit>>;
}

/** Commands to paste for the running service. */
export function guide({ endpoint, apiId, stageName, parameterPrefix, stateTable, tiers }: GuideFacts): string {
  // The smallest limit is the one that a person reaches by hand.
  const [smallest] = Object.entries(tiers).toSorted(([, a], [, b]) => a.rateRps - b.rateRps);
  const url = `${endpoint}/restapis/${apiId}/${stageName}/_user_request_`;
  return `
Still serving, on the wall's clock now. In another terminal, first without the AWS settings that it may have:

  unset AWS_PROFILE $(env | sed -n 's/^\\(AWS_[A-Z0-9_]*\\)=.*/\\1/p') {HTTP,HTTPS,ALL}_PROXY {http,https,all}_proxy
  export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
  export AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=me AWS_SECRET_ACCESS_KEY=me
  export AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1

  # A customer's key, and a request with it (without a key: 403)
  KEY=$(aws apigateway get-api-key --include-value --query value --output text --api-key \\
    $(aws apigateway get-api-keys --name-query tidegate-dev-${smallest?.[0]}-1 --query 'items[0].id' --output text))
  curl -i -H "x-api-key: $KEY" ${url}/data

  # The limits in force
  aws apigateway get-stage --rest-api-id ${apiId} --stage-name ${stageName} --query methodSettings
  aws apigateway get-usage-plans --query 'items[].{plan: name, throttle: throttle}'

  # Edit the policy: in force at the next tick, usually within seconds; a broken one is refused and says why
  aws ssm get-parameter --name ${parameterPrefix}/policies/default --query Parameter.Value --output text
  aws ssm put-parameter --overwrite --name ${parameterPrefix}/policies/default \\
    --value '{"api": "${apiId}/${stageName}", "mode": "shadow"}'

  # Brake, look, and let go again (docs/operations.md, "The four brakes")
  npx tidegate kill --reason "a fire drill"
  npx tidegate status
  npx tidegate resume

  # Why a limit moved, or did not: the latest decisions
  aws dynamodb query --table-name ${stateTable} --no-scan-index-forward --max-items 3 \\
    --key-condition-expression 'pk = :p' --expression-attribute-values '{":p": {"S": "DECISION#${apiId}/${stageName}"}}'

(An aws 1.x before 1.29 or 2.x before 2.13 knows no AWS_ENDPOINT_URL: add --endpoint-url ${endpoint}.)
Ctrl-C ends it.
`;
}
