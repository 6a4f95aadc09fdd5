/** How one AWS service is spoken to, as its clients do it. */
export interface ServiceProtocol {
  readonly load: () => Promise<object>;
  readonly style: 'json' | 'rest-json' | 'query' | 'rest-xml';
  /** `X-Amz-Target` prefix, and the service segment of an rpc-v2-cbor path. */
  readonly target: string;
  /** Version of AWS JSON; the `json` style only. */
  readonly jsonVersion?: '1.0' | '1.1';
  /** `Version` of the query protocol, which names the service of an unsigned request. */
  readonly queryVersion: string;
  readonly xmlNamespace?: string;
  /** A JSON service that once spoke the query protocol: its errors keep their older codes and statuses. */
  readonly isQueryCompatible?: boolean;
}

/** Every service by its SigV4 credential-scope name; a client package loads when the first request for it arrives. */
export const PROTOCOLS: Readonly<Record<string, ServiceProtocol>> = {
  apigateway: {
    load: () => import('@aws-sdk/client-api-gateway'),
    style: 'rest-json',
    target: 'BackplaneControlService',
    queryVersion: '2015-07-09',
  },
  monitoring: {
    load: () => import('@aws-sdk/client-cloudwatch'),
    style: 'json',
    jsonVersion: '1.0',
    target: 'GraniteServiceVersion20100801',
    isQueryCompatible: true,
    queryVersion: '2010-08-01',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  },
  ssm: {
    load: () => import('@aws-sdk/client-ssm'),
    style: 'json',
    jsonVersion: '1.1',
    target: 'AmazonSSM',
    queryVersion: '2014-11-06',
    xmlNamespace: 'http://ssm.amazonaws.com/doc/2014-11-06/',
  },
  logs: {
    load: () => import('@aws-sdk/client-cloudwatch-logs'),
    style: 'json',
    jsonVersion: '1.1',
    target: 'Logs_20140328',
    queryVersion: '2014-03-28',
  },
  events: {
    load: () => import('@aws-sdk/client-eventbridge'),
    style: 'json',
    jsonVersion: '1.1',
    target: 'AWSEvents',
    queryVersion: '2015-10-07',
  },
  sqs: {
    load: () => import('@aws-sdk/client-sqs'),
    style: 'json',
    jsonVersion: '1.0',
    target: 'AmazonSQS',
    isQueryCompatible: true,
    queryVersion: '2012-11-05',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
  },
  sns: {
    load: () => import('@aws-sdk/client-sns'),
    style: 'query',
    target: 'AmazonSimpleNotificationService',
    queryVersion: '2010-03-31',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
  },
  lambda: {
    load: () => import('@aws-sdk/client-lambda'),
    style: 'rest-json',
    target: 'AWSGirApiService',
    queryVersion: '2015-03-31',
  },
  cloudformation: {
    load: () => import('@aws-sdk/client-cloudformation'),
    style: 'query',
    target: 'CloudFormation',
    queryVersion: '2010-05-15',
    xmlNamespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  },
  s3: {
    load: () => import('@aws-sdk/client-s3'),
    style: 'rest-xml',
    target: 'AmazonS3',
    queryVersion: '2006-03-01',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
  },
  sts: {
    load: () => import('@aws-sdk/client-sts'),
    style: 'query',
    target: 'AWSSecurityTokenServiceV20110615',
    queryVersion: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
  },
  iam: {
    load: () => import('@aws-sdk/client-iam'),
    style: 'query',
    target: 'AWSIdentityManagementV20100508',
    queryVersion: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
  },
  kms: {
    load: () => import('@aws-sdk/client-kms'),
    style: 'json',
    jsonVersion: '1.1',
    target: 'TrentService',
    queryVersion: '2014-11-01',
  },
  dynamodb: {
    load: () => import('@aws-sdk/client-dynamodb'),
    style: 'json',
    jsonVersion: '1.0',
    target: 'DynamoDB_20120810',
    queryVersion: '2012-08-10',
  },
  ecr: {
    load: () => import('@aws-sdk/client-ecr'),
    style: 'json',
    jsonVersion: '1.1',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    queryVersion: '2015-09-21',
  },
};
