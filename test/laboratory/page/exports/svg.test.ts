import { waterfallSvg } from '../../../../src/laboratory/page/exports/svg';

test('texts are escaped, and what XML does not allow is left out', () => {
  const svg = waterfallSvg({
    width: 10,
    height: 10,
    title: 'a <b> & "c"',
    shapes: [
      { tag: 'text', attributes: { class: '"><script>', x: 1 }, text: '</text><script>\u0000\u001b[2J' },
    ],
  });
  expect(svg).toContain('<title>a &lt;b&gt; &amp; &quot;c&quot;</title>');
  expect(svg).toContain('<text class="&quot;&gt;&lt;script&gt;" x="1">&lt;/text&gt;&lt;script&gt;[2J</text>');
});
