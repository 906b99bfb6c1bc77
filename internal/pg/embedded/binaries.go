package embedded

import (
	"cmp"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL that Postrider runs on.
const oldestMajor = 14

// ErrNoBinaries is returned if this machine has no PostgreSQL server and none could be
// downloaded.
var ErrNoBinaries = errors.New("no PostgreSQL server found on this machine: " +
	"install one (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), " +
	"or set DATABASE_URL to one that runs elsewhere")

// binFolders lists where known systems install the server's programs, besides PATH.
var binFolders = []string{
	"/usr/lib/postgresql/*/bin",          // Debian, Ubuntu
	"/usr/pgsql-*/bin",                   // Red Hat
	"/opt/homebrew/opt/postgresql@*/bin", // Homebrew on Apple silicon
	"/usr/local/opt/postgresql@*/bin",    // Homebrew on Intel
	"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// binaries is one installed server: the folder of its programs and its version.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// host is what the embedded server needs from the machine. Tests replace parts of it.
type host struct {
	lookPath func(file string) (string, error)
	glob     func(pattern string) ([]string, error)
	major    func(a *account, bin string) (int, error)
	download func(dir string) (bin string, err error)
	account  func() (*account, error)
	fallback string // where the data goes if the account cannot reach POSTRIDER_DATA
}

func realHost() *host {
	return &host{
		lookPath: exec.LookPath,
		glob:     filepath.Glob,
		major:    majorOf,
		download: download,
		account:  unprivileged,
		fallback: "/var/lib/postrider",
	}
}

// find returns the newest server on this machine, or, if data exists already, one of the
// version that made it (want > 0).
func (h *host) find(a *account, want int) (binaries, error) {
	all := h.installed(a)
	if want == 0 {
		if len(all) == 0 || all[0].major < oldestMajor {
			return binaries{}, ErrNoBinaries
		}
		return all[0], nil
	}
	for _, b := range all {
		if b.major == want {
			return b, nil
		}
	}
	if len(all) == 0 {
		return binaries{}, ErrNoBinaries
	}
	var have []string
	for _, b := range all {
		have = append(have, strconv.Itoa(b.major))
	}
	return binaries{}, fmt.Errorf("the data was made by PostgreSQL %d, and this machine has %s: "+
		"install postgresql-%d, or remove the folder to begin with an empty database", want, strings.Join(have, ", "), want)
}

// installed returns every usable server, newest first. One that the account cannot run (it may
// be in another user's home) does not count.
func (h *host) installed(a *account) []binaries {
	var all []binaries
	seen := map[string]bool{}
	for _, dir := range h.candidates() {
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if major, err := h.major(a, filepath.Join(dir, "postgres")); err == nil {
			all = append(all, binaries{dir: dir, major: major})
		}
	}
	slices.SortStableFunc(all, func(x, y binaries) int { return cmp.Compare(y.major, x.major) })
	return all
}

func (h *host) candidates() []string {
	var dirs []string
	if path, err := h.lookPath("postgres"); err == nil {
		// PATH often has a link to one program only; initdb is beside the link's target.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, pattern := range binFolders {
		found, err := h.glob(pattern)
		if err == nil {
			dirs = append(dirs, found...)
		}
	}
	return dirs
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// majorOf runs the program, as the account that will use it, to read its version.
func majorOf(a *account, bin string) (int, error) {
	out, err := a.command(bin, "--version").Output()
	if err != nil {
		return 0, fmt.Errorf("%s --version: %w", bin, err)
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return 0, fmt.Errorf("%s --version said %q", bin, out)
	}
	return strconv.Atoi(string(match[1]))
}
