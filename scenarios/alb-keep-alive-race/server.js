const http = require('http');

const server = http.createServer((request, response) => response.end('ok'));
server.listen(8080);

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
});
