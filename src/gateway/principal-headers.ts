/** The header in which Unkey's gateway sends whom it has verified. */
export const PRINCIPAL_HEADER = 'x-unkey-principal';

/** The header with the gateway's id of the request. */
export const REQUEST_ID_HEADER = 'x-unkey-request-id';
