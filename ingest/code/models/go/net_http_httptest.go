package httptest

import "net/http"

type ResponseRecorder struct{ Code int }

func NewRecorder() *ResponseRecorder                             { return &ResponseRecorder{} }
func (rw *ResponseRecorder) Header() http.Header                 { return nil }
func (rw *ResponseRecorder) Write(buf []byte) (int, error)       { return 0, nil }
func (rw *ResponseRecorder) WriteString(str string) (int, error) { return 0, nil }
func (rw *ResponseRecorder) WriteHeader(code int)                {}
func (rw *ResponseRecorder) Result() *http.Response              { return &http.Response{} }

type Server struct {
	URL     string
	handler http.Handler
}

func NewServer(handler http.Handler) *Server {
	handler.ServeHTTP(nil, nil)
	return &Server{handler: handler}
}
func NewTLSServer(handler http.Handler) *Server {
	handler.ServeHTTP(nil, nil)
	return &Server{handler: handler}
}
func (s *Server) Close()               {}
func (s *Server) Client() *http.Client { return &http.Client{} }
func NewRequest(method, target string, body any) *http.Request {
	return &http.Request{}
}
