import type { RoutedRequest } from '../control-plane/router';

/** A query parameter that occurs once and is not empty. */
export function given(value: RoutedRequest['query'][string]): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A query parameter as a number; undefined if it is absent or not a number. */
export function givenNumber(value: RoutedRequest['query'][string]): number | undefined {
  const number = Number(given(value) ?? Number.NaN);
  return Number.isNaN(number) ? undefined : number;
}
