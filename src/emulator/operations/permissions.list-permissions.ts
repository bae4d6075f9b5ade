import { demand } from '../authentication/demand.js';
import { searchFor } from '../domain/search.js';
import { operation } from './operation.js';
import { PAGE_SIZE, pageAnswer } from './page-answer.js';
import { permissionData } from './role-data.js';

export const listPermissions = operation('permissions.listPermissions', (body, { workspace, rootKey }) => {
  demand(rootKey, 'rbac.*.read_permission');
  const found = searchFor(body.search);
  const page = workspace.permissions.page(
    body.limit ?? PAGE_SIZE,
    body.cursor,
    ({ id, name, slug, description }) => found([id, name, slug, description]),
  );
  return pageAnswer(page, permissionData);
});
