/** `code`: functions' code; `layers`: one layer each; `opt`: layers merged. */
export type Shelf = 'code' | 'layers' | 'opt';

export const shelves: readonly Shelf[] = ['code', 'layers', 'opt'];

/** How something in the store is referred to: `code/HASH`, which is its place in there too. */
export const reference = (shelf: Shelf, hash: string): string => `${shelf}/${hash}`;
