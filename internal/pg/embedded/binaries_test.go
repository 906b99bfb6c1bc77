package embedded

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFindChoosesTheServer(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		inPath string
		found  []string // folders of programs
		majors map[string]int
		want   int // the version of existing data
		dir    string
		err    string
	}{
		{name: "the newest of several", found: []string{"/usr/lib/postgresql/9/bin", "/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin"},
			majors: map[string]int{"/usr/lib/postgresql/9/bin": 9, "/usr/lib/postgresql/15/bin": 15, "/usr/lib/postgresql/16/bin": 16},
			dir:    "/usr/lib/postgresql/16/bin"},
		{name: "the one in PATH when it is as new", inPath: "/opt/pg/bin/postgres", found: []string{"/usr/lib/postgresql/16/bin"},
			majors: map[string]int{"/opt/pg/bin": 16, "/usr/lib/postgresql/16/bin": 16}, dir: "/opt/pg/bin"},
		{name: "the one that made the data", found: []string{"/a/bin", "/b/bin"},
			majors: map[string]int{"/a/bin": 15, "/b/bin": 16}, want: 15, dir: "/a/bin"},
		{name: "none of those that do not run", inPath: "/broken/postgres", found: []string{"/a/bin"},
			majors: map[string]int{"/a/bin": 14}, dir: "/a/bin"},
		{name: "nothing where there is nothing", err: ErrNoBinaries.Error()},
		{name: "nothing that is too old", found: []string{"/a/bin"}, majors: map[string]int{"/a/bin": 13}, err: ErrNoBinaries.Error()},
		{name: "nothing of another version than the data", found: []string{"/a/bin"}, majors: map[string]int{"/a/bin": 16}, want: 15,
			err: "the data was made by PostgreSQL 15, and this machine has 16"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			h := &host{
				lookPath: func(string) (string, error) {
					if tc.inPath == "" {
						return "", os.ErrNotExist
					}
					return tc.inPath, nil
				},
				glob: func(pattern string) ([]string, error) {
					if pattern == binFolders[0] {
						return tc.found, nil
					}
					return nil, nil
				},
				major: func(_ *account, bin string) (int, error) {
					if major, ok := tc.majors[filepath.Dir(bin)]; ok {
						return major, nil
					}
					return 0, errors.New("does not run")
				},
			}
			got, err := h.find(nil, tc.want)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Fatalf("got %+v, %v", got, err)
				}
				return
			}
			if err != nil || got.dir != tc.dir {
				t.Fatalf("got %+v, %v, want %s", got, err, tc.dir)
			}
		})
	}
}

func TestLinkInPathLeadsToTheFolderWithInitdb(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "real"), 0o700))
	must(t, os.WriteFile(filepath.Join(dir, "real", "postgres"), nil, 0o600))
	must(t, os.Symlink(filepath.Join(dir, "real", "postgres"), filepath.Join(dir, "postgres")))
	h := &host{
		lookPath: func(string) (string, error) { return filepath.Join(dir, "postgres"), nil },
		glob:     func(string) ([]string, error) { return nil, nil },
	}
	real, err := filepath.EvalSymlinks(filepath.Join(dir, "real"))
	must(t, err)
	if got := h.candidates(); len(got) != 1 || got[0] != real {
		t.Fatalf("got %q", got)
	}
}

func TestDownloadedServerIsUsed(t *testing.T) {
	t.Parallel()
	installed, err := realHost().find(nil, 0)
	must(t, err)
	none := realHost()
	none.lookPath = func(string) (string, error) { return "", os.ErrNotExist }
	none.glob = func(string) ([]string, error) { return nil, nil }
	none.download = func(string) (string, error) { return installed.dir, nil }
	query(t, start(t, Config{Dir: folder(t), host: none}).URL(), "SELECT 1")
}

func TestDownloadThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	repository := httptest.NewServer(http.NotFoundHandler())
	defer repository.Close()
	defer http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if _, err := downloadFrom(t.TempDir(), repository.URL); err == nil || !strings.Contains(err.Error(), "downloading PostgreSQL") {
		t.Fatalf("got %v", err)
	}
}
