import http.server

server = http.server.HTTPServer(("", 8080), http.server.SimpleHTTPRequestHandler)
server.serve_forever()
