/** `code`: functions' code; `layers`: single layers; `opt`: merged layers. */
export type StoreSection = 'code' | 'layers' | 'opt';

export const storeSections: readonly StoreSection[] = ['code', 'layers', 'opt'];

/** Reference to an item of the store: `code/HASH`, which is also its path in the store. */
export const reference = (section: StoreSection, hash: string): string => `${section}/${hash}`;
