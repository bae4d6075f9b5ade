/** What earlier steps answered, by their ids, and what is the same for a whole run. */
export interface Memory {
  readonly run: string;
  readonly answers: Map<string, unknown>;
  /** Unix ms. */
  readonly now: () => number;
}

/** Replaces every `${…}`; a text that is nothing else takes the value's type. */
export function fill(template: unknown, memory: Memory): unknown {
  if (typeof template === 'string') return fillText(template, memory);
  if (Array.isArray(template)) return template.map((item) => fill(item, memory));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([name, value]) => [name, fill(value, memory)]));
}

function fillText(text: string, memory: Memory): unknown {
  const whole = /^\$\{([^}]+)\}$/.exec(text)?.[1];
  if (whole !== undefined) return evaluate(whole, memory);
  return text.replaceAll(/\$\{([^}]+)\}/g, (_, expression: string) => String(evaluate(expression, memory)));
}

function evaluate(expression: string, { run, answers, now }: Memory): unknown {
  if (expression === 'run') return run;
  const time = /^now([+-]\d+)?$/.exec(expression);
  if (time) return now() + Number(time[1] ?? 0);
  const repeated = /^repeat\((.),(\d+)\)$/.exec(expression);
  if (repeated) return (repeated[1] ?? '').repeat(Number(repeated[2]));
  const [id = '', ...path] = expression.split('.');
  const value = path.reduce<unknown>(member, answers.get(id));
  if (value === undefined) throw new Error(`No step answered \${${expression}}.`);
  return value;
}

/** A member of what may be an object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
