import { saveBlob } from './save';

/** Pixels per unit of the drawing, for screens with twice the usual density. */
const density = 2;

/** Renders an SVG in the browser and saves it as PNG. */
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
