import { routes } from '../../src/control-plane/operations';
import { sdkOperations } from '../support/aws/sdk-schemas';

const operations = new Map(sdkOperations().map((each) => [each.name, each]));

test.each(Object.entries(routes))("%s has the route of the SDK's schema", (name, route) => {
  const operation = operations.get(name);
  const { method, path, status } = operation ?? {};
  // The one place where a recorded answer goes before the model.
  const expected = name === 'DeleteFunction' ? 204 : status;
  expect(route).toEqual({ method, path, status: expected });
});
