import { parseFault } from '@tidegate/embedded-aws/faults';
import { DEVELOPER } from '@tidegate/embedded-aws/kernel';
import type { PackagedStack } from '../../rehearsal/deploy/in-process-deploy.ts';
import { installPolicy } from '../../rehearsal/run/rehearsal-policy.ts';
import { CAPACITY_RPS, openScene, SCALE, type Scene } from '../faults/scene.ts';
import type { TriggerName } from './triggers.ts';

/** A moment at which control has something to decide, and the triggers that come at once. */
export interface Situation {
  readonly name: string;
  readonly triggers: readonly TriggerName[];
  /** Seconds of trouble, from the scene's opening; when control was run last; and the moment itself. */
  readonly trouble: { readonly from: number; readonly until: number };
  readonly controlUntil: number;
  readonly at: number;
  /** Further events at that moment. */
  readonly meanwhile?: (scene: Scene) => Promise<unknown>;
}

const OVERLOAD = { trouble: { from: 90, until: 1e6 }, controlUntil: 98, at: 126 };
const WELL_AGAIN = { trouble: { from: 90, until: 210 }, controlUntil: 236, at: 264 };

const resetStage = ({ cloud, service }: Scene) =>
  cloud.aws.call(DEVELOPER, 'apigateway', 'UpdateStage', {
    restApiId: service.apiId,
    stageName: service.stageName,
    patchOperations: [
      { op: 'replace', path: '/*/*/throttling/rateLimit', value: String(service.stageLimit.rateRps) },
      { op: 'replace', path: '/*/*/throttling/burstLimit', value: String(service.stageLimit.burst) },
    ],
  });

const editPolicy = ({ cloud, service }: Scene) =>
  installPolicy(cloud.aws, service, {
    scale: SCALE,
    document: { mode: 'enforce', guardrails: { largestStepDownShare: 0.3 } },
  });

const pause = ({ cloud, service }: Scene) =>
  cloud.aws.call(DEVELOPER, 'ssm', 'PutParameter', {
    Name: `${service.parameterPrefix}/switch`,
    Value: 'pause',
    Overwrite: true,
  });

export const SITUATIONS: readonly Situation[] = [
  { ...OVERLOAD, name: 'overload', triggers: ['schedule', 'look-now'] },
  { ...OVERLOAD, name: 'overload, by an alarm', triggers: ['look-now', 'alarm'] },
  { ...WELL_AGAIN, name: 'well again', triggers: ['schedule', 'look-now'] },
  { ...WELL_AGAIN, name: 'well again, with an alarm', triggers: ['schedule', 'alarm'] },
  { ...OVERLOAD, name: 'an edit in overload', triggers: ['parameter', 'look-now'], meanwhile: editPolicy },
  { ...WELL_AGAIN, name: 'a reset by a deploy', triggers: ['schedule', 'look-now'], meanwhile: resetStage },
  { ...OVERLOAD, name: 'the switch in overload', triggers: ['parameter', 'schedule'], meanwhile: pause },
  { ...OVERLOAD, name: 'three in overload', triggers: ['schedule', 'look-now', 'alarm'] },
  { ...WELL_AGAIN, name: 'three when well again', triggers: ['schedule', 'look-now', 'alarm'] },
  { ...OVERLOAD, name: 'three and an edit', triggers: ['parameter', 'look-now', 'schedule'], meanwhile: editPolicy },
];

/** Advances to the moment; from then on time stands still. */
export async function arrange(stack: PackagedStack, situation: Situation): Promise<Scene> {
  const { trouble, controlUntil, at, meanwhile } = situation;
  const scene = await openScene(stack);
  const { clock } = scene.cloud;
  const startMs = clock.now();
  const until = (seconds: number) => clock.runUntil(startMs + seconds * 1000);
  const bears = (seconds: number, capacityRps: number) =>
    clock.after(seconds * 1000, () => {
      scene.load.capacityRps = capacityRps;
    });
  bears(trouble.from, CAPACITY_RPS.troubled);
  bears(trouble.until, CAPACITY_RPS.normal);
  await until(controlUntil);
  scene.injector.add(parseFault('lambda.Invoke[-control"]:down'));
  await until(at);
  scene.injector.clear();
  await meanwhile?.(scene);
  return scene;
}
