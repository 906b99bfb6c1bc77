package embedded

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// downloadVersion is the version that is downloaded if no server is installed.
const downloadVersion = embeddedpostgres.V17

// download downloads and unpacks a server into dir and returns the folder of its programs. An
// earlier download is used again.
func download(dir string) (string, error) { return downloadFrom(dir, "") }

func downloadFrom(dir, repository string) (string, error) {
	runtime := filepath.Join(dir, string(downloadVersion))
	bin := filepath.Join(runtime, "bin")
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err == nil {
		return bin, nil
	}
	scratch, err := os.MkdirTemp(dir, "unpack-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(scratch)

	cfg := embeddedpostgres.DefaultConfig().
		Version(downloadVersion).
		CachePath(filepath.Join(dir, "archive")).
		BinariesPath(runtime).
		RuntimePath(filepath.Join(scratch, "runtime")).
		DataPath(filepath.Join(scratch, "data")).
		Port(freePortOr(54329)).
		Logger(io.Discard)
	if repository != "" {
		cfg = cfg.BinaryRepositoryURL(repository)
	}
	// The library cannot only unpack. A start unpacks first; whether its own server then comes
	// up (as root it does not) does not matter.
	server := embeddedpostgres.NewDatabase(cfg)
	startErr := server.Start()
	if startErr == nil {
		if err := server.Stop(); err != nil {
			return "", fmt.Errorf("stopping the downloaded PostgreSQL: %w", err)
		}
	}
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err != nil {
		return "", fmt.Errorf("downloading PostgreSQL %s: %w", downloadVersion, startErr)
	}
	return bin, nil
}
