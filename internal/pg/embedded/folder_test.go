package embedded

import (
	"syscall"
	"testing"
)

// A program that forks another shares its open files with it for a short time: the lock is
// released all the same.
func TestTheLockIsGivenBackWhileAChildIsBeingStarted(t *testing.T) {
	t.Parallel()
	root := folder(t)
	lock, err := lockFolder(root)
	must(t, err)
	child, err := syscall.Dup(int(lock.Fd()))
	must(t, err)
	defer func() { must(t, syscall.Close(child)) }()
	must(t, unlock(lock))
	again, err := lockFolder(root)
	must(t, err)
	must(t, unlock(again))
}
