import type { Account, MethodSetting } from '@aws-sdk/client-api-gateway';
import { EVERY_METHOD, normaliseMethodKey } from '../../../gateway/deployed/method-spelling.ts';
import { own } from '../../../kernel/plain-records.ts';
import type { StoredStage } from '../apigateway-state.ts';
import { type Patch, readInteger, readNumber } from '../patch-operations.ts';

const SETTING_PATH = /^\/(.*)\/(\*|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|ANY)\/(\w+\/\w+)$/;

type Setter = (setting: MethodSetting, value: string, account: Account) => void;

/** -1 switches throttling off; nothing may exceed the account's own limit. */
const SETTERS: Readonly<Record<string, Setter>> = {
  'throttling/rateLimit': (setting, value, account) => {
    const max = account.throttleSettings?.rateLimit ?? Number.POSITIVE_INFINITY;
    setting.throttlingRateLimit = readNumber('throttling/rateLimit', value, { min: -1, max });
  },
  'throttling/burstLimit': (setting, value, account) => {
    const max = account.throttleSettings?.burstLimit ?? Number.POSITIVE_INFINITY;
    setting.throttlingBurstLimit = readInteger('throttling/burstLimit', value, { min: -1, max });
  },
  'metrics/enabled': (setting, value) => {
    setting.metricsEnabled = value === 'true';
  },
  'logging/dataTrace': (setting, value) => {
    setting.dataTraceEnabled = value === 'true';
  },
  'logging/loglevel': (setting, value) => {
    setting.loggingLevel = value;
  },
  'caching/enabled': (setting, value) => {
    setting.cachingEnabled = value === 'true';
  },
  'caching/ttlInSeconds': (setting, value) => {
    setting.cacheTtlInSeconds = readInteger('caching/ttlInSeconds', value, { min: 0, max: 3600 });
  },
  'caching/dataEncrypted': (setting, value) => {
    setting.cacheDataEncrypted = value === 'true';
  },
  'caching/requireAuthorizationForCacheControl': (setting, value) => {
    setting.requireAuthorizationForCacheControl = value === 'true';
  },
};

/** The spelling under which a stage holds the record of a method, if it has one. */
export const methodSettingOf = (stage: StoredStage, normalised: string): string | undefined =>
  Object.keys(stage.methodSettings).find((key) => normaliseMethodKey(key) === normalised);

/**
 * Applies a `replace` on `/{resourcePath}/{httpMethod}/…`; false when the path is none of these. One field creates the
 * whole record: a copy of the stage default's, or else the account's numbers. From then on it stands by itself.
 */
export function patchMethodSetting(stage: StoredStage, { path, value }: Patch, account: Account): boolean {
  const [, resource, verb, field] = SETTING_PATH.exec(path) ?? [];
  const set = field === undefined ? undefined : own(SETTERS, field);
  const method = normaliseMethodKey(`${resource}/${verb}`);
  const isWild = resource === '*' || resource === '~1*' || verb === '*';
  if (!set || (isWild && method !== EVERY_METHOD)) return false;
  const key = methodSettingOf(stage, method) ?? (method === EVERY_METHOD ? EVERY_METHOD : `${resource}/${verb}`);
  const setting = own(stage.methodSettings, key) ?? {
    ...(own(stage.methodSettings, EVERY_METHOD) ?? defaultSetting(account)),
  };
  set(setting, value, account);
  stage.methodSettings[key] = setting;
  return true;
}

const defaultSetting = (account: Account): MethodSetting => ({
  metricsEnabled: false,
  dataTraceEnabled: false,
  throttlingBurstLimit: account.throttleSettings?.burstLimit,
  throttlingRateLimit: account.throttleSettings?.rateLimit,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
});
