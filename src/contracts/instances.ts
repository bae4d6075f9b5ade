/** One instance of the module: the one without a name, or a named one. */
export interface Instance<Service, Options> {
  readonly service: Service;
  readonly options: Options;
}

/** The instances of the module in one app. */
export interface Instances<Service, Options> {
  /** Returns the instance with this name, or without one; `undefined` if there is none. */
  find(name: string | undefined): Instance<Service, Options> | undefined;
  /** The names of all named instances. */
  names(): readonly string[];
  /** Whether Nest runs the guards in `@UseGuards()` of a class. */
  runsGuardsOf(controller: object): boolean;
}
