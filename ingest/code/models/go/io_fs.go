package fs

type FileInfo interface {
	Name() string
	Size() int64
	IsDir() bool
	Sys() any
}
type DirEntry interface {
	Name() string
	IsDir() bool
	Info() (FileInfo, error)
}
type File interface {
	Stat() (FileInfo, error)
	Read(b []byte) (int, error)
	Close() error
}
type FS interface {
	Open(name string) (File, error)
}
type ReadFileFS interface {
	FS
	ReadFile(name string) ([]byte, error)
}
type ReadDirFS interface {
	FS
	ReadDir(name string) ([]DirEntry, error)
}
type WalkDirFunc func(path string, d DirEntry, err error) error

func WalkDir(fsys FS, root string, fn WalkDirFunc) error {
	fsys.Open(root)
	return fn(root, nil, nil)
}
func ReadFile(fsys FS, name string) ([]byte, error) {
	fsys.(ReadFileFS).ReadFile(name)
	fsys.Open(name)
	return nil, nil
}
func ReadDir(fsys FS, name string) ([]DirEntry, error) {
	fsys.(ReadDirFS).ReadDir(name)
	fsys.Open(name)
	return nil, nil
}
func Sub(fsys FS, dir string) (FS, error) { return fsys, nil }
