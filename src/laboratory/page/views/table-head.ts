import { h } from 'preact';

/** The head of a table. Column names must be unique. */
export function TableHead({ columns }: { readonly columns: readonly string[] }) {
  return h(
    'thead',
    null,
    h(
      'tr',
      null,
      columns.map((name) => h('th', { scope: 'col', key: name }, name)),
    ),
  );
}
