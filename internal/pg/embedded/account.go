package embedded

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// account is the user that the server runs as. nil is the current user.
type account struct {
	name     string
	uid, gid int
}

// unprivileged returns the user for a server that is started by root.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil // nil is the current user
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.Atoi(u.Uid)
		gid, gidErr := strconv.Atoi(u.Gid)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return &account{name: name, uid: uid, gid: gid}, nil
		}
	}
	return &account{name: "uid 65534", uid: 65534, gid: 65534}, nil // a bare container has no user list
}

// ownerOf returns the account that owns a file; nil for the current user.
func ownerOf(path string) (*account, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(stat.Uid) == os.Geteuid() {
		return nil, nil // nil is the current user
	}
	a := &account{name: "uid " + strconv.Itoa(int(stat.Uid)), uid: int(stat.Uid), gid: int(stat.Gid)}
	if u, err := user.LookupId(strconv.Itoa(a.uid)); err == nil {
		a.name = u.Username
	}
	return a, nil
}

// command prepares a program to run as the account: in its own process group, so that Ctrl-C in
// our terminal does not reach the server before we are done with it, and in a folder that every
// user may enter.
func (a *account) command(bin string, args ...string) *exec.Cmd {
	cmd := exec.Command(bin, args...) //nolint:gosec // arguments are our own; it lives until Stop
	cmd.Dir = "/"
	cmd.Env = serverEnv(os.Environ())
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)} //nolint:gosec // as the system gave them
	}
	return cmd
}

// serverEnv removes variables that would configure PostgreSQL from outside (PGDATA, PGPORT …)
// and sets its language to English, which waitReady parses.
func serverEnv(environ []string) []string {
	env := []string{"LC_ALL=C"}
	for _, entry := range environ {
		if !strings.HasPrefix(entry, "PG") && !strings.HasPrefix(entry, "LC_") {
			env = append(env, entry)
		}
	}
	return env
}

// canUse reports whether the account may enter and write dir; the kernel decides.
func (a *account) canUse(dir string) bool {
	if a == nil {
		return true
	}
	return a.command("/bin/sh", "-c", `cd -- "$1" && test -w .`, "sh", dir).Run() == nil
}

func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

func (a *account) String() string {
	if a == nil {
		return "the current user"
	}
	return a.name
}

// place returns the folder that holds the server's data, and the account that owns it and runs
// the server. It creates the folder the first time: under root, or, if the account could not
// reach it there, under h.fallback with a link to it.
func (h *host) place(root string) (string, *account, error) {
	home := filepath.Join(root, "postgres")
	if _, err := os.Lstat(home); err == nil {
		return existingPlace(home)
	}
	a, err := h.account()
	if err != nil {
		return "", nil, err
	}
	if err := makeFor(a, home); err == nil {
		return home, a, nil
	}
	if err := os.RemoveAll(home); err != nil {
		return "", nil, err
	}
	if err := os.MkdirAll(h.fallback, 0o711); err != nil { // other users must pass through
		return "", nil, unreachable(a, root, err)
	}
	elsewhere, err := os.MkdirTemp(h.fallback, "pg-")
	if err != nil {
		return "", nil, unreachable(a, root, err)
	}
	if err := makeFor(a, elsewhere); err != nil {
		return "", nil, unreachable(a, root, err)
	}
	return elsewhere, a, os.Symlink(elsewhere, home)
}

func existingPlace(home string) (string, *account, error) {
	real, err := filepath.EvalSymlinks(home)
	if err != nil {
		return "", nil, fmt.Errorf("%s leads nowhere: remove it to begin with an empty database: %w", home, err)
	}
	a, err := ownerOf(real)
	if err != nil {
		return "", nil, err
	}
	if a != nil && os.Geteuid() != 0 {
		return "", nil, fmt.Errorf("%s belongs to %s: run as that user or as root, or give another POSTRIDER_DATA", home, a)
	}
	if !a.canUse(real) {
		return "", nil, unreachable(a, home, os.ErrPermission)
	}
	return real, a, nil
}

func makeFor(a *account, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := a.own(dir); err != nil {
		return err
	}
	if !a.canUse(dir) {
		return fmt.Errorf("%s cannot enter %s: %w", a, dir, os.ErrPermission)
	}
	return nil
}

func unreachable(a *account, dir string, err error) error {
	return fmt.Errorf("PostgreSQL does not run as root, and %s, whom it would run as, cannot reach %s: "+
		"set POSTRIDER_DATA to a folder that every user may enter, or DATABASE_URL to a server that runs already: %w", a, dir, err)
}
