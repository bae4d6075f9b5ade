import { describe, expect, it } from 'vitest';
import { chosenInstance } from './chosen-instance.js';
import { addPolicy, POLICY } from './policy-metadata.js';

const named = new Map(['partners', 'internal'].map((name) => [name, { name }]));
const instances = {
  find: (name: string | undefined) => {
    const options = name === undefined ? undefined : named.get(name);
    return options && { service: undefined, options };
  },
  names: () => [...named.keys()],
};
const own: { readonly name: string | undefined } = { name: undefined };

/** A class and a handler with these arguments of `@UseUnkey()`. */
function decorated(onClass: unknown[], onHandler: unknown[]) {
  class DocumentsController {}
  const handler = () => {};
  for (const name of onClass) addPolicy(POLICY.instance, { name })(DocumentsController);
  for (const name of onHandler) addPolicy(POLICY.instance, { name })(handler);
  return { controller: DocumentsController, handler, where: 'DocumentsController.list' };
}

describe('the instance of a handler', () => {
  it.each<[unknown[], unknown[], string | undefined]>([
    [[], [], undefined],
    [['partners'], [], 'partners'],
    [[], ['internal'], 'internal'],
    [['partners'], ['internal'], 'internal'],
    [['unknown'], ['internal'], 'internal'],
  ])('with %o on the class and %o on the handler is %o', (onClass, onHandler, expected) => {
    const { instance, options } = chosenInstance(decorated(onClass, onHandler), own, instances);
    expect(instance).toBe(expected);
    expect(options.name).toBe(expected);
  });

  it.each<[unknown, RegExp]>([
    [
      'interal',
      /@UseUnkey\("interal"\) names no instance .*; the registered names are "partners", "internal"\.$/,
    ],
    ['', /@UseUnkey\(""\) names no instance/],
    [undefined, /@UseUnkey\(undefined\) names no instance/],
    [7, /@UseUnkey\(7\) names no instance/],
  ])('cannot be %o', (name, message) => {
    expect(() => chosenInstance(decorated([], [name]), own, instances)).toThrow(message);
    expect(() => chosenInstance(decorated([name], []), own, instances)).toThrow(
      /^DocumentsController\.list: /,
    );
  });

  it('cannot be named twice in one place', () => {
    expect(() => chosenInstance(decorated([], ['partners', 'internal']), own, instances)).toThrow(
      'DocumentsController.list: @UseUnkey() is used twice in the same place; keep one.',
    );
  });
});
