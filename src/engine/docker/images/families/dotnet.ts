import type { FamilyImages } from './family-images';

/** Only Microsoft's registry has .NET. Debian, Docker Hub and package registries do not. */
export const dotnetImages: FamilyImages = {
  rows: ['6', '8', '10'].map((version) => ({ runtime: `dotnet${version}`, family: 'dotnet', version })),
};
