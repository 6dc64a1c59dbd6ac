from http.server import BaseHTTPRequestHandler, HTTPServer
import signal
import sys
import threading

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")


httpd = HTTPServer(("", 8080), Handler)


def stop(signum, frame):
    threading.Thread(target=httpd.shutdown).start()
    sys.exit(0)


signal.signal(signal.SIGTERM, stop)
httpd.serve_forever()
