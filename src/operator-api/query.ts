import type { RoutedRequest } from '../control-plane/router';

/** A parameter of the query that is there once and not empty. */
export function given(value: RoutedRequest['query'][string]): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A parameter as a number; undefined when it is absent or not a number. */
export function givenNumber(value: RoutedRequest['query'][string]): number | undefined {
  const number = Number(given(value) ?? Number.NaN);
  return Number.isNaN(number) ? undefined : number;
}
