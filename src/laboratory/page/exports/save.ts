/** Makes the browser save a text as a file. */
export function save(fileName: string, type: string, text: string): void {
  saveBlob(fileName, new Blob([text], { type }));
}

export function saveBlob(fileName: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  // Some browsers start to read the content only after the click returns.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
