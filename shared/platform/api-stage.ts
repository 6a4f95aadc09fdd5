/** One stage of one REST API: the unit that Tidegate governs. */
export interface ApiStage {
  readonly apiId: string;
  readonly stage: string;
}

const API_STAGE = /^([a-z0-9]{1,32})\/([A-Za-z0-9_-]{1,128})$/;

/** `<apiId>/<stage>`: how policies, records and log messages name an API. */
export function apiStageName(api: ApiStage): string {
  return `${api.apiId}/${api.stage}`;
}

/** The inverse of `apiStageName`; undefined if the text has another form. */
export function parseApiStage(text: string): ApiStage | undefined {
  const match = API_STAGE.exec(text);
  return match?.[1] && match[2] ? { apiId: match[1], stage: match[2] } : undefined;
}
