package http

import "io"

type Header map[string][]string

func (h Header) Get(key string) string      { return "" }
func (h Header) Set(key, value string)      {}
func (h Header) Add(key, value string)      {}
func (h Header) Del(key string)             {}
func (h Header) Values(key string) []string { return nil }

type ResponseWriter interface {
	Header() Header
	Write(b []byte) (int, error)
	WriteHeader(statusCode int)
}
type Flusher interface{ Flush() }
type Handler interface {
	ServeHTTP(w ResponseWriter, r *Request)
}
type HandlerFunc func(w ResponseWriter, r *Request)

func (f HandlerFunc) ServeHTTP(w ResponseWriter, r *Request) { f(w, r) }

type ServeMux struct{ handlers []Handler }

func NewServeMux() *ServeMux { return &ServeMux{} }
func (mux *ServeMux) Handle(pattern string, handler Handler) {
	mux.handlers = append(mux.handlers, handler)
	handler.ServeHTTP(nil, nil)
}
func (mux *ServeMux) HandleFunc(pattern string, handler func(ResponseWriter, *Request)) {
	mux.handlers = append(mux.handlers, HandlerFunc(handler))
	handler(nil, nil)
}

// Who registers a handler is the one seen to call it.
func (mux *ServeMux) ServeHTTP(w ResponseWriter, r *Request) {}
func (mux *ServeMux) Handler(r *Request) (h Handler, pattern string) {
	for _, h := range mux.handlers {
		return h, ""
	}
	return nil, ""
}

var DefaultServeMux = &ServeMux{}

func Handle(pattern string, handler Handler) { handler.ServeHTTP(nil, nil) }
func HandleFunc(pattern string, handler func(ResponseWriter, *Request)) {
	handler(nil, nil)
}
func ListenAndServe(addr string, handler Handler) error {
	handler.ServeHTTP(nil, nil)
	return nil
}
func ListenAndServeTLS(addr, certFile, keyFile string, handler Handler) error {
	handler.ServeHTTP(nil, nil)
	return nil
}
func Serve(l any, handler Handler) error {
	handler.ServeHTTP(nil, nil)
	return nil
}
func StripPrefix(prefix string, h Handler) Handler {
	return HandlerFunc(func(w ResponseWriter, r *Request) { h.ServeHTTP(w, r) })
}
func TimeoutHandler(h Handler, dt int, msg string) Handler {
	return HandlerFunc(func(w ResponseWriter, r *Request) { h.ServeHTTP(w, r) })
}
func MaxBytesHandler(h Handler, n int64) Handler {
	return HandlerFunc(func(w ResponseWriter, r *Request) { h.ServeHTTP(w, r) })
}
func AllowQuerySemicolons(h Handler) Handler { return h }
func NotFoundHandler() Handler {
	return HandlerFunc(func(w ResponseWriter, r *Request) {})
}
func NotFound(w ResponseWriter, r *Request) { w.WriteHeader(404) }
func Error(w ResponseWriter, error string, code int) {
	w.WriteHeader(code)
	w.Write(nil)
}
func Redirect(w ResponseWriter, r *Request, url string, code int) { w.WriteHeader(code) }

type Server struct {
	Addr     string
	Handler  Handler
	shutdown []func()
}

func (s *Server) ListenAndServe() error {
	s.Handler.ServeHTTP(nil, nil)
	return nil
}
func (s *Server) ListenAndServeTLS(certFile, keyFile string) error {
	s.Handler.ServeHTTP(nil, nil)
	return nil
}
func (s *Server) Serve(l any) error {
	s.Handler.ServeHTTP(nil, nil)
	return nil
}
func (s *Server) RegisterOnShutdown(f func()) { s.shutdown = append(s.shutdown, f) }
func (s *Server) Shutdown(ctx any) error {
	for _, f := range s.shutdown {
		f()
	}
	return nil
}
func (s *Server) Close() error { return nil }

type Request struct {
	Method string
	Header Header
	Body   io.ReadCloser
	ctx    any
}

func (r *Request) Context() any { return r.ctx }
func (r *Request) WithContext(ctx any) *Request {
	r.ctx = ctx
	return r
}
func (r *Request) FormValue(key string) string  { return "" }
func (r *Request) PathValue(name string) string { return "" }
func (r *Request) ParseForm() error             { return nil }
func NewRequest(method, url string, body io.Reader) (*Request, error) {
	return &Request{Body: body}, nil
}
func NewRequestWithContext(ctx any, method, url string, body io.Reader) (*Request, error) {
	return &Request{Body: body, ctx: ctx}, nil
}

type Response struct {
	StatusCode int
	Header     Header
	Body       io.ReadCloser
}
type RoundTripper interface {
	RoundTrip(r *Request) (*Response, error)
}
type Client struct {
	Transport     RoundTripper
	CheckRedirect func(req *Request, via []*Request) error
}

func (c *Client) Do(req *Request) (*Response, error) {
	c.CheckRedirect(req, nil)
	return c.Transport.RoundTrip(req)
}
func (c *Client) Get(url string) (*Response, error) {
	c.CheckRedirect(nil, nil)
	return c.Transport.RoundTrip(nil)
}
func (c *Client) Post(url, contentType string, body io.Reader) (*Response, error) {
	return c.Transport.RoundTrip(nil)
}
