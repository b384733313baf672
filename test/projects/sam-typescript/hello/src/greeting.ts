export interface Person {
  readonly name: string;
}

export function greeting({ name }: Person): string {
  return `Hello, ${name}`;
}
