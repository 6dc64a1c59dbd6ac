const http = require('http');

const server = http.createServer((request, response) => {
  setTimeout(() => response.end('ok'), 300);
});
server.listen(8080);

process.on('SIGTERM', () => {
  console.log('closing');
  server.close(() => process.exit(0));
});
