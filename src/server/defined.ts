/** Of some fields those that are there. */
export const defined = <T extends object, K extends keyof T>(fields: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]]))) as Pick<T, K>
