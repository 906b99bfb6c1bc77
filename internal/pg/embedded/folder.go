package embedded

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// InUseError is returned when another program owns the embedded server of a folder.
type InUseError struct {
	Dir string
	PID int // of the owner; 0 if it has not written it yet
}

// Error names the owner and what to do about it.
func (e *InUseError) Error() string {
	who := "another program"
	if e.PID != 0 {
		who = "process " + strconv.Itoa(e.PID)
	}
	return fmt.Sprintf("the embedded PostgreSQL under %s is in use by %s: stop that first, or give this one another POSTRIDER_DATA", e.Dir, who)
}

// openRoot creates POSTRIDER_DATA if it is missing and returns its absolute path. Other users
// may pass through it, not list it; secret files in it have mode 0600.
func openRoot(dir string) (string, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(root, 0o711); err != nil { // the server's user must pass through
		return "", fmt.Errorf("POSTRIDER_DATA: %w", err)
	}
	return root, nil
}

// lockFolder takes the lock of a folder for this program, or returns an *InUseError at once.
// The kernel frees it when the program ends, however it ends.
func lockFolder(root string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(root, "postgres.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("POSTRIDER_DATA: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer file.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("locking %s: %w", file.Name(), err)
		}
		text, _ := os.ReadFile(file.Name())
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return nil, &InUseError{Dir: root, PID: pid}
	}
	if err := errors.Join(file.Truncate(0), writeAt(file, strconv.Itoa(os.Getpid()))); err != nil {
		return nil, errors.Join(err, unlock(file))
	}
	giveToOwner(root, file.Name())
	return file, nil
}

// unlock releases the lock of a folder. Closing the file is not enough: a child that is just
// being forked has it open too, until it calls exec.
func unlock(file *os.File) error {
	return errors.Join(syscall.Flock(int(file.Fd()), syscall.LOCK_UN), file.Close())
}

func writeAt(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text+"\n"), 0)
	return err
}

func passwordFile(root string) string { return filepath.Join(root, "postgres.password") }

// readPassword returns the password that newPassword stored.
func readPassword(root string) (string, error) {
	text, err := os.ReadFile(passwordFile(root))
	if err != nil {
		return "", fmt.Errorf("the password of the embedded PostgreSQL cannot be read "+
			"(restore the file, or remove %s to begin with an empty database): %w", root, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// newPassword makes a password of 130 random bits and stores it for the next start.
func newPassword(root string) (string, error) {
	password := rand.Text()
	if err := os.WriteFile(passwordFile(root), []byte(password+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("POSTRIDER_DATA: %w", err)
	}
	giveToOwner(root, passwordFile(root))
	return password, nil
}

// giveToOwner changes the owner of a file that root made to that of the folder, so that a later
// start without root can use it. If that fails the start works all the same.
func giveToOwner(root, path string) {
	if owner, err := ownerOf(root); err == nil && owner != nil {
		_ = owner.own(path)
	}
}

// postmaster is the content of a running server's postmaster.pid.
type postmaster struct {
	pid, port int
	ready     bool
}

// readPostmaster reads data/postmaster.pid; ok is false if there is none, or it cannot be
// parsed yet.
func readPostmaster(data string) (p postmaster, ok bool) {
	text, err := os.ReadFile(filepath.Join(data, "postmaster.pid"))
	if err != nil {
		return p, false
	}
	lines := strings.Split(string(text), "\n")
	if p.pid, err = strconv.Atoi(strings.TrimSpace(lines[0])); err != nil {
		return p, false
	}
	if len(lines) > 3 {
		p.port, _ = strconv.Atoi(strings.TrimSpace(lines[3]))
	}
	p.ready = len(lines) > 7 && strings.TrimSpace(lines[7]) == "ready"
	return p, true
}

// dataMajor returns the version of PostgreSQL that made data; 0 if there is none.
func dataMajor(data string) (int, error) {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("%s/PG_VERSION: %w", data, err)
	}
	return major, nil
}
