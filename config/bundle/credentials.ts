/**
 * Stands in for the SDK's default credential chain in the bundles. Lambda hands every function its role's credentials
 * in the environment; the chain's other links (profiles, SSO, login, container) would be a seventh of each bundle.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
