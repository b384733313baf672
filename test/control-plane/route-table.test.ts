import fc from 'fast-check';
import { routes } from '../../src/control-plane/operations';
import { findOperation } from '../../src/control-plane/route-table';

const memberOf = (segment: string) => /^\{(\w+)\}$/.exec(segment)?.[1];

test.each(Object.entries(routes))(
  '%s is found by its own route, whatever its members are',
  (name, { method, path }) => {
    const [pathname = '', search = ''] = path.split('?');
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, unit: 'binary' }), { minLength: 3, maxLength: 3 }),
        (values) => {
          const members: Record<string, string> = {};
          const target = pathname
            .split('/')
            .map((segment) => {
              const member = memberOf(segment);
              if (member === undefined) return segment;
              members[member] = values[Object.keys(members).length] ?? '';
              return encodeURIComponent(members[member]);
            })
            .join('/');
          const match = findOperation(method, search === '' ? target : `${target}?${search}`);
          expect(match).toMatchObject({ operation: name, path: members });
        },
      ),
      { numRuns: 20 },
    );
  },
);

test('a slash at the end, and a query, change nothing', () => {
  expect(findOperation('GET', '/2015-03-31/functions/?MaxItems=5')).toMatchObject({
    operation: 'ListFunctions',
  });
  expect(findOperation('GET', '/2015-03-31/functions?MaxItems=5')?.query.get('MaxItems')).toBe('5');
});

test('what a query tells apart', () => {
  const layers = '/2018-10-31/layers';
  expect(findOperation('GET', layers)?.operation).toBe('ListLayers');
  expect(findOperation('GET', `${layers}?find=LayerVersion&Arn=x`)?.operation).toBe('GetLayerVersionByArn');
  const provisioned = '/2019-09-30/functions/one/provisioned-concurrency';
  expect(findOperation('GET', `${provisioned}?Qualifier=1`)?.operation).toBe(
    'GetProvisionedConcurrencyConfig',
  );
  expect(findOperation('GET', `${provisioned}?List=ALL`)?.operation).toBe(
    'ListProvisionedConcurrencyConfigs',
  );
});

test.each([
  ['PATCH', '/2015-03-31/functions'],
  ['GET', '/2015-03-31/functions/one/invocations'],
  ['GET', '/2015-03-31/functions//configuration'],
  ['GET', '/2014-11-13/functions'],
  ['GET', '/'],
  ['GET', ''],
])('%s %s is no operation', (method, target) => {
  expect(findOperation(method, target)).toBeUndefined();
});

test('a malformed escape is left unchanged', () => {
  expect(findOperation('GET', '/2015-03-31/functions/%zz')?.path).toEqual({ FunctionName: '%zz' });
});
