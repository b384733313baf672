/** `code`: functions' code; `layers`: one layer each; `opt`: layers merged. */
export type StoreSection = 'code' | 'layers' | 'opt';

export const storeSections: readonly StoreSection[] = ['code', 'layers', 'opt'];

/** How something in the store is referred to: `code/HASH`, which is its place in there too. */
export const reference = (shelf: StoreSection, hash: string): string => `${shelf}/${hash}`;
