import {
  type FunctionUrl,
  findFunctionUrl,
  functionUrls,
  selectUrl,
} from '../../../src/functions/registry/function-urls';
import { DataFolder, scope } from './data-folder';

const folder = DataFolder.ofEachTest();

const url = (functionName: string, urlId: string): FunctionUrl => ({
  functionName,
  urlId,
  AuthType: 'NONE',
  InvokeMode: 'BUFFERED',
  createdMs: 0,
  modifiedMs: 0,
});

test('finds a URL by its id in any account and region, as another lambdock may have made it', () => {
  const { database } = folder.one.registry;
  const there = { region: 'eu-west-1', accountId: '111122223333' };
  functionUrls(database).put(scope, 'f', url('f', 'aaa'));
  functionUrls(folder.other.registry.database).put(there, 'f', url('f', 'bbb'));
  expect(findFunctionUrl(database, 'aaa')).toEqual({ scope, url: url('f', 'aaa') });
  expect(findFunctionUrl(database, 'bbb')).toEqual({ scope: there, url: url('f', 'bbb') });
  functionUrls(database).remove(scope, 'f');
  expect(findFunctionUrl(database, 'aaa')).toBeUndefined();
});

test('looks a URL up in an index', () => {
  const [step] = folder.one.registry.database.all(`EXPLAIN QUERY PLAN ${selectUrl}`, 'aaa');
  expect(step?.detail).toContain('USING INDEX documents_by_url');
});
