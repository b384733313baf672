const { createServer } = require('node:http');

createServer((request, response) => {
  response.setHeader('x-path', request.url);
  response.end('from the server');
}).listen(process.env.PORT);
