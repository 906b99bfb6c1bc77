package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFolderThatTheServersUserCannotReach(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root starts the server as somebody else")
	}
	closed := func(t *testing.T) string { // as a clone under /root
		t.Helper()
		dir := folder(t)
		must(t, os.Chmod(dir, 0o700))
		return filepath.Join(dir, "clone", ".postrider")
	}

	t.Run("the data goes elsewhere and is found again", func(t *testing.T) {
		t.Parallel()
		h := realHost()
		h.fallback = filepath.Join(folder(t), "var")
		cfg := Config{Dir: closed(t), host: h}

		first := start(t, cfg)
		query(t, first.URL(), "CREATE TABLE kept (v text)", "INSERT INTO kept VALUES ('yes')", "SELECT v FROM kept")
		if dsn, err := Join(t.Context(), cfg); err != nil || query(t, dsn, "SELECT v FROM kept") != "yes" {
			t.Fatalf("joining: %v", err)
		}
		real, err := filepath.EvalSymlinks(filepath.Join(cfg.Dir, "postgres"))
		must(t, err)
		if !strings.HasPrefix(real, h.fallback+"/pg-") {
			t.Fatalf("the data is in %s", real)
		}
		must(t, first.Stop())

		if got := query(t, start(t, cfg).URL(), "SELECT v FROM kept"); got != "yes" {
			t.Fatalf("after a restart the row says %q", got)
		}
	})
	t.Run("and nowhere else either: an error that says what to do", func(t *testing.T) {
		t.Parallel()
		h := realHost()
		h.fallback = filepath.Join(filepath.Dir(closed(t)), "var")
		_, err := Start(t.Context(), Config{Dir: closed(t), host: h})
		if err == nil || !strings.Contains(err.Error(), "set POSTRIDER_DATA to a folder that every user may enter") {
			t.Fatalf("got %v", err)
		}
	})
	t.Run("data that belongs to a user runs as that user", func(t *testing.T) {
		t.Parallel()
		dir := folder(t)
		home := filepath.Join(dir, "postgres")
		must(t, os.Mkdir(home, 0o700))
		must(t, os.Chown(home, 65534, 65534))
		_, runAs, err := realHost().place(dir)
		must(t, err)
		if runAs == nil || runAs.uid != 65534 {
			t.Fatalf("would run as %+v", runAs)
		}
	})
}

func TestServerEnvironmentCarriesNoneOfPostgresOwnVariables(t *testing.T) {
	t.Parallel()
	got := strings.Join(serverEnv([]string{"PATH=/bin", "PGDATA=/x", "PGPORT=1", "LC_ALL=de_DE", "HOME=/h"}), " ")
	if got != "LC_ALL=C PATH=/bin HOME=/h" {
		t.Fatalf("got %q", got)
	}
}
