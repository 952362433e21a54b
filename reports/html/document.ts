import { createHash } from 'node:crypto';
import { html, type SafeHtml, styleMarkup } from './safe-html.ts';
import { css } from './style.ts';

const styleHash = createHash('sha256').update(css, 'utf8').digest('base64');

/** No script of any origin, no request, no form: the file shows what it holds and nothing else. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** One complete document. `title` is untrusted text. */
export function page(title: string, body: SafeHtml): string {
  const document = html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${styleMarkup(css)}</style>
</head>
<body>
${body}
</body>
</html>
`;
  return `<!doctype html>\n${document.toString()}`;
}
