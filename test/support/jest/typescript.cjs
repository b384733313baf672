// `node --require` this, and TypeScript files can be run in a process of their own: jest's own transform, kept
// between runs of one test in the folder that TYPESCRIPT_CACHE names.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const folder = process.env.TYPESCRIPT_CACHE;
const options = { module: { type: 'commonjs' }, jsc: { target: 'es2023', parser: { syntax: 'typescript' } } };

Module._extensions['.ts'] = (module, file) => {
  const source = readFileSync(file, 'utf8');
  const kept = join(folder, `${createHash('sha256').update(file).update(source).digest('hex')}.js`);
  if (!existsSync(kept)) {
    const { code } = require('@swc/core').transformSync(source, { ...options, filename: file });
    writeFileSync(`${kept}.${process.pid}`, code);
    renameSync(`${kept}.${process.pid}`, kept);
  }
  module._compile(readFileSync(kept, 'utf8'), file);
};
