import { describe, expect, it } from 'vitest';
import { routeMatcher, routePatternFault } from './route-pattern.js';

describe('an entry of exclude is compared with route patterns', () => {
  it.each<[entry: string, pattern: string, boolean]>([
    ['/', '/', true],
    ['/admin', '/admin', true],
    ['admin/', '/admin', true],
    ['/admin', '/admin/users', false],
    ['/admin/*', '/admin/users/:id', true],
    ['/admin/*', '/admin', false],
    ['/admin/*', '/administration/x', false],
    ['/admin/*rest', '/admin/{*path}', true],
    ['/admin/{*rest}', '/admin/*', true],
    ['/files{/*rest}', '/files{/*path}', true],
    ['/files/*', '/files{/*path}', true],
    ['*', '/anything/:id', true],
    ['*', '/', false],
    ['/users/:id', '/users/:id', true],
    ['/users/:id', '/users/:name', false],
    ['/a.b', '/aXb', false],
    ['/tenants/*/health', '/tenants/:id/health', true],
    ['/tenants/*/health', '/tenants/:id/health/deep', false],
  ])('%s matches %s: %s', (entry, pattern, matches) => {
    expect(routeMatcher(entry)(pattern)).toBe(matches);
  });

  it.each([
    ['/admin/*', undefined],
    ['/files{/*rest}', undefined],
    ['GET /admin', 'contains whitespace'],
    ['/adm*', 'has a wildcard inside the segment "adm*"'],
  ])('%s: %s', (entry, fault) => {
    expect(routePatternFault(entry) ?? '').toContain(fault ?? '');
    expect(routePatternFault(entry) === undefined).toBe(fault === undefined);
  });
});
