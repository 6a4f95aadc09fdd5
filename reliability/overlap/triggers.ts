import type { Scene } from '../faults/scene.ts';

/** The events that make control run, as EventBridge delivers them. */
export const TRIGGERS = ['schedule', 'look-now', 'alarm', 'parameter'] as const;
export type TriggerName = (typeof TRIGGERS)[number];

export function eventOf({ service }: Scene, trigger: TriggerName): object {
  switch (trigger) {
    case 'schedule':
      return { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} };
    case 'look-now':
      return {
        source: 'tidegate.telemetry',
        'detail-type': 'Tidegate Look Now',
        detail: { apiId: service.apiId, stage: service.stageName, reason: 'throttled' },
      };
    case 'alarm':
      return {
        source: 'aws.cloudwatch',
        'detail-type': 'CloudWatch Alarm State Change',
        detail: { alarmName: 'tidegate-dev-backend-latency', state: { value: 'ALARM' } },
      };
    case 'parameter':
      return {
        source: 'aws.ssm',
        'detail-type': 'Parameter Store Change',
        detail: { name: `${service.parameterPrefix}/policies/default`, operation: 'Update' },
      };
  }
}
