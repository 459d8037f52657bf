package filepath

import "io/fs"

type WalkFunc func(path string, info fs.FileInfo, err error) error

func Walk(root string, fn WalkFunc) error          { return fn(root, nil, nil) }
func WalkDir(root string, fn fs.WalkDirFunc) error { return fn(root, nil, nil) }
func Join(elem ...string) string                   { return "" }
func Base(path string) string                      { return "" }
func Dir(path string) string                       { return "" }
func Ext(path string) string                       { return "" }
func Abs(path string) (string, error)              { return "", nil }
func Rel(base, target string) (string, error)      { return "", nil }
func Clean(path string) string                     { return "" }
func Split(path string) (dir, file string)         { return "", "" }
func Glob(pattern string) ([]string, error)        { return nil, nil }
func Match(pattern, name string) (bool, error)     { return true, nil }
func IsAbs(path string) bool                       { return true }
func ToSlash(path string) string                   { return "" }
func FromSlash(path string) string                 { return "" }
func EvalSymlinks(path string) (string, error)     { return "", nil }
func VolumeName(path string) string                { return "" }
func SplitList(path string) []string               { return nil }
