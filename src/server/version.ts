/** This package's version. A test holds it to the manifest's. */
export const version = '0.1.0'
