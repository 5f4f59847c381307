/** The page, whose every part comes from this daemon. */
export const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>chainmail: the interface</title>
<link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<noscript>This page needs JavaScript; <a href="/v1/openapi.json">the document</a> does not.</noscript>
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/begin.js"></script>
</body>
</html>
`

/**
 * Starts swagger-ui on the daemon's own document. It asks no validator of others, and sends no change: "try it out" is
 * for reading.
 */
export const begin = `'use strict'
window.addEventListener('load', () => {
  SwaggerUIBundle({
    url: '/v1/openapi.json',
    dom_id: '#reference',
    deepLinking: true,
    docExpansion: 'none',
    filter: true,
    validatorUrl: null,
    queryConfigEnabled: false,
    supportedSubmitMethods: ['get'],
    defaultModelsExpandDepth: 0,
  })
})
`

/**
 * Nothing foreign is asked for, whatever the page or the document says, and no page of others may show this one in a
 * frame. https://www.w3.org/TR/CSP3/ - the pictures in swagger-ui's style sheet are data: URLs.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
