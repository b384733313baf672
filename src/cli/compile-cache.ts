import nodeModule from 'node:module';

/**
 * Keeps compiled code between runs, where Node.js can (22.8 and later): compiling is a third of what a start takes. It is
 * in the temporary folder, or in `NODE_COMPILE_CACHE`. https://nodejs.org/api/module.html#module-compile-cache
 */
const enable: unknown = Reflect.get(nodeModule, 'enableCompileCache');
if (typeof enable === 'function') enable();
