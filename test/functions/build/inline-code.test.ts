import { filesOf } from '../../../src/functions/build/inline-code';

const pathsOf = (file: string, text: string) => [...filesOf({ file, text }).keys()];

test('code in a template is one file', () => {
  expect(filesOf({ file: 'index.js', text: 'exports.handler = 1' })).toEqual(
    new Map([['index.js', 'exports.handler = 1']]),
  );
});

test.each([
  ['index.py', 'import cfnresponse', 'cfnresponse.py'],
  ['index.py', 'import json\n  import cfnresponse  # answers', 'cfnresponse.py'],
  ['index.js', "const { send } = require('cfn-response');", 'node_modules/cfn-response.js'],
  ['index.js', 'var response = require( "cfn-response" );', 'node_modules/cfn-response.js'],
])('adds the response module: %s with %s', (file, text, added) => {
  expect(pathsOf(file, text)).toEqual([file, added]);
});

test.each([
  ['index.py', 'from cfnresponse import send'],
  ['index.py', '# needs import cfnresponse'],
  ['index.py', "require('cfn-response')"],
  ['index.js', "require('./cfn-response')"],
  ['index.js', 'import cfnresponse'],
])('adds nothing: %s with %s', (file, text) => {
  expect(pathsOf(file, text)).toEqual([file]);
});
