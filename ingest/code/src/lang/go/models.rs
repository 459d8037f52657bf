//! The library models: stubs of the standard library, in Go.
//!
//! `builtins` holds what the language itself declares. The stubs say how values, callbacks and
//! elements flow, nothing else.

macro_rules! models {
    ($($module:literal => $file:literal),+ $(,)?) => {
        /// Module name and source of each model.
        pub(super) static MODELS: &[(&str, &str)] =
            &[$(($module, include_str!(concat!("../../../models/go/", $file)))),+];
    };
}

models! {
    "builtins" => "builtins.go",
    "bufio" => "bufio.go",
    "bytes" => "bytes.go",
    "cmp" => "cmp.go",
    "container/heap" => "container_heap.go",
    "container/list" => "container_list.go",
    "container/ring" => "container_ring.go",
    "context" => "context.go",
    "database/sql" => "database_sql.go",
    "encoding/gob" => "encoding_gob.go",
    "encoding/json" => "encoding_json.go",
    "encoding/xml" => "encoding_xml.go",
    "golang.org/x/sync/errgroup" => "errgroup.go",
    "errors" => "errors.go",
    "flag" => "flag.go",
    "fmt" => "fmt.go",
    "html/template" => "html_template.go",
    "io" => "io.go",
    "io/fs" => "io_fs.go",
    "iter" => "iter.go",
    "log" => "log.go",
    "log/slog" => "log_slog.go",
    "maps" => "maps.go",
    "net/http" => "net_http.go",
    "net/http/httptest" => "net_http_httptest.go",
    "path/filepath" => "path_filepath.go",
    "regexp" => "regexp.go",
    "runtime" => "runtime.go",
    "slices" => "slices.go",
    "sort" => "sort.go",
    "strings" => "strings.go",
    "sync" => "sync.go",
    "sync/atomic" => "sync_atomic.go",
    "testing" => "testing.go",
    "testing/quick" => "testing_quick.go",
    "text/template" => "text_template.go",
    "time" => "time.go",
}

/// The model of a package of the standard library.
pub(super) fn find(specifier: &str) -> Option<&'static str> {
    MODELS
        .iter()
        .map(|(name, _)| *name)
        .find(|name| *name == specifier && *name != "builtins")
}
