import { join } from 'node:path';
import type { Problem } from '../../../src/functions/template/problems';
import { TemplateWarnings } from '../../../src/hosting/template/template-warnings';

test('shows a warning again only after the template was without it', () => {
  const said: string[] = [];
  const file = join(process.cwd(), 'template.yaml');
  const warnings = new TemplateWarnings(file, (sentence) => said.push(sentence));
  const show = (...list: Problem[]) =>
    warnings.show({ settings: {}, functions: [], files: [file], warnings: list });
  const odd = { line: 2, column: 3, message: 'A is odd.' };
  show(odd);
  show(odd, { message: 'B is odd.' });
  expect(said).toEqual(['warning: template.yaml:2:3: A is odd.', 'warning: template.yaml: B is odd.']);
  show();
  show(odd);
  expect(said.at(-1)).toBe('warning: template.yaml:2:3: A is odd.');
  expect(said).toHaveLength(3);
});
