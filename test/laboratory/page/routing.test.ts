import { addressOf, routeOf } from '../../../src/laboratory/page/routing';

test.each([
  ['', { view: 'functions', query: {} }],
  ['#/logs?function=a&contains=x%20y', { view: 'logs', query: { function: 'a', contains: 'x y' } }],
  ['#/functions/a%2Fb', { view: 'functions', subject: 'a/b', query: {} }],
  ['#/functions/%zz', { view: 'functions', subject: '%zz', query: {} }],
])('%s is a route', (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

test('an address leads to its route; empty parameters are left out', () => {
  const address = addressOf('logs', undefined, { function: 'a&b', request: '' });
  expect(address).toBe('#/logs?function=a%26b');
  expect(routeOf(addressOf('functions', '<b>/?#'))).toEqual({
    view: 'functions',
    subject: '<b>/?#',
    query: {},
  });
});
