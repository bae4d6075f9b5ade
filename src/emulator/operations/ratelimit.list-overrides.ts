import { demand } from '../authentication/demand.js';
import { findNamespace, onNamespace, overrideData } from './find-namespace.js';
import { operation } from './operation.js';
import { pageAnswer } from './page-answer.js';

/** The server's own default; its documentation says 10. */
const OVERRIDES_PAGE_SIZE = 50;

export const listOverrides = operation('ratelimit.listOverrides', (body, { workspace, rootKey }) => {
  const namespace = findNamespace(body.namespace, workspace);
  demand(rootKey, onNamespace(namespace, 'read_override'));
  return pageAnswer(namespace.list.page(body.limit ?? OVERRIDES_PAGE_SIZE, body.cursor), overrideData);
});
