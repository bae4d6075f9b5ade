/** The workspace that the emulator is; URN grants name it. */
export const WORKSPACE_ID = 'ws_emulator';

const PREFIX = `unkey:v1:${WORKSPACE_ID}:`;

/** A grant of the form `unkey:v1:<workspace>:<resource>#<action>`. */
export interface UrnGrant {
  readonly segments: readonly string[];
  readonly action: string;
}

/** Reads a grant; anything that is none, or another workspace's, grants nothing. */
export function parseUrnGrant(text: string): UrnGrant | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  const [resource = '', action = '', ...rest] = text.slice(PREFIX.length).split('#');
  if (resource === '' || action === '' || rest.length > 0) return undefined;
  // All actions may be granted on all resources only.
  if (action === '*' && resource !== '**') return undefined;
  return { segments: resource.split('/'), action };
}

/** Whether a grant covers an action on a resource: `*` is one segment, a last `**` is all that follows. */
export function covers(grant: UrnGrant, resource: string, action: string): boolean {
  if (grant.action !== '*' && grant.action !== action) return false;
  const wanted = resource.split('/');
  for (const [index, segment] of grant.segments.entries()) {
    if (segment === '**' && index === grant.segments.length - 1) return true;
    if (index >= wanted.length || (segment !== '*' && segment !== wanted[index])) return false;
  }
  return grant.segments.length === wanted.length;
}
