/** A method as API Gateway's plans spell it: path, then verb, `/orders/POST`; or the stage's default. */
export type MethodKey = string;

/** The stage's default: the key of every method that has no limit of its own. */
export const STAGE_DEFAULT: MethodKey = '*/*';

const VERB = '(?:\\*|GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|ANY)';
/** API Gateway's resource paths: letters, digits, a few marks, and `{parameters}`. */
const SEGMENT = "[A-Za-z0-9._~{}+:$,=@!()'-]+";
const METHOD_KEY = new RegExp(`^/(?:${SEGMENT}(?:/${SEGMENT})*)?/${VERB}$`);

/** The settings keys under which a throttle may be patched: both spellings, because both occur in stages that others patched. */
const SETTINGS_KEY = new RegExp(`^(?:\\*|${SEGMENT}(?:/${SEGMENT})*)/${VERB}$`);

/** Whether a text names a method (`/orders/POST`, `//GET` for the root) or the stage's default. */
export function isMethodKey(text: string): boolean {
  return text === STAGE_DEFAULT || METHOD_KEY.test(text);
}

/**
 * One spelling for a stage's method-settings key: AWS answers `orders/POST`, `~1orders/POST` and, for nested paths,
 * `pets/dogs/GET` or `~1pets~1dogs/GET`, depending on who patched it.
 */
export function methodKeyOf(settingsKey: string): MethodKey {
  const at = settingsKey.lastIndexOf('/');
  const path = settingsKey.slice(0, Math.max(0, at)).replaceAll('~1', '/');
  const verb = settingsKey.slice(at + 1);
  if (path === '*') return `*/${verb}`;
  return `${path.startsWith('/') ? path : `/${path}`}/${verb}`;
}

/**
 * Whether the limit of a method may be patched. IAM cannot distinguish a throttle from a redeployment, so this check does.
 * @param settingsKeys the stage's own keys of the method, in every spelling that the stage holds
 */
export function isPatchable(method: MethodKey, settingsKeys: readonly string[] = [settingsKeyOf(method)]): boolean {
  return isMethodKey(method) && settingsKeys.every((key) => SETTINGS_KEY.test(key));
}

/** The settings key under which a method without an override gets one, as the CLI reference spells it: `~1orders/POST`. */
export function settingsKeyOf(method: MethodKey): string {
  const at = method.lastIndexOf('/');
  return `${method.slice(0, at).replaceAll('/', '~1')}/${method.slice(at + 1)}`;
}
