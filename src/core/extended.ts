/**
 * `{ ...object, ...fields }`, for what is made for each request.
 *
 * V8 as in Node 20 gives each object whose literal begins with a spread and goes on a hidden class of its own: making it takes twenty times
 * as long, and whoever reads a field of it looks that up anew, up to a microsecond each time. An object with a key `__proto__`, as JSON may
 * have one, is made that way all the same: to assign that key would set the prototype. For wire objects of pieces that may be missing there
 * is `assemble`.
 */
export const extended = <T extends object, F extends object>(object: T, fields: F): T & F =>
  Object.hasOwn(object, '__proto__') ? { ...object, ...fields } : Object.assign({}, object, fields)
