import { saveBlob } from './save';

/** Pixels of a file for each unit of a drawing: it is read on screens of twice the usual density, too. */
const density = 2;

/** Draws an SVG as the browser does, and saves what it looks like. */
export async function savePng(
  fileName: string,
  svg: string,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<void> {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = width * density;
  canvas.height = height * density;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) saveBlob(fileName, blob);
}
