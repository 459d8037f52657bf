class BaseServer:
    def __init__(self, address, handler):
        self.handler = handler
    def __enter__(self): return self
    def __exit__(self, kind, value, traceback): pass
    def serve_forever(self, poll_interval=0):
        self.handler(None, None, self)
    def handle_request(self):
        self.handler(None, None, self)
    def shutdown(self): pass
    def server_close(self): pass


class TCPServer(BaseServer): pass
class UDPServer(TCPServer): pass
class ThreadingMixIn: pass
class ForkingMixIn: pass
class ThreadingTCPServer(ThreadingMixIn, TCPServer): pass


class BaseRequestHandler:
    def __init__(self, request, client_address, server):
        self.setup()
        self.handle()
        self.finish()
    def setup(self): pass
    def handle(self): pass
    def finish(self): pass


class StreamRequestHandler(BaseRequestHandler): pass
class DatagramRequestHandler(BaseRequestHandler): pass
