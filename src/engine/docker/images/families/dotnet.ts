import type { FamilyImages } from './family-images';

/** Neither Debian nor Docker Hub has .NET: Microsoft's registry has, and no registry of packages. */
export const dotnetImages: FamilyImages = {
  rows: ['6', '8', '10'].map((version) => ({ runtime: `dotnet${version}`, family: 'dotnet', version })),
};
